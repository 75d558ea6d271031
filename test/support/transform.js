// Node's own type stripping keeps lines and columns, so that stack traces and coverage point at the source.
import { stripTypeScriptTypes } from 'node:module';

export default {
  process: (source, path) => ({ code: path.endsWith('.ts') ? stripTypeScriptTypes(source, { mode: 'strip' }) : source }),
};
