/** `sha256:…` or `sha512:…`, as the OCI image specification registers them (descriptor.md, "Registered Algorithms"). */
export const isDigest = (text: string): boolean => /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/.test(text);

/** 64 hex digits, without a prefix. */
export const isSha256 = (text: string): boolean => /^[0-9a-f]{64}$/.test(text);

/** Of a git commit, whole: SHA-1 or SHA-256. */
export const isCommit = (text: string): boolean => /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
