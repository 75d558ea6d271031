/** What a deployment writes on every object it applies; see design.md, section 7. */
export const environmentLabel = 'lockkeeper.dev/environment';
export const deployedAtLabel = 'lockkeeper.dev/deployed-at';
export const identityAnnotation = 'lockkeeper.dev/identity';
/** What people write on an object that prune shall leave: `disabled`. */
export const pruneAnnotation = 'lockkeeper.dev/prune';
