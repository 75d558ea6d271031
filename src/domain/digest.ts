/** `sha256:…` or `sha512:…`, as the OCI image specification registers them (descriptor.md, "Registered Algorithms"). */
export const isDigest = (text: string): boolean => /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/.test(text);

/** 64 hex digits, without a prefix. */
export const isSha256 = (text: string): boolean => /^[0-9a-f]{64}$/.test(text);
