import { readFileSync } from 'node:fs';

/** `app.schema.json`, which `npm run schema` writes: to read it takes a tenth of the time of building it from the code again. */
export const publishedSchema = JSON.parse(readFileSync(new URL('../../app.schema.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, unknown>
>;
