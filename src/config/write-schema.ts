import { writeFileSync } from 'node:fs';
import { schemaText } from './schema.ts';

/** `npm run schema`: publishes the schema where editors find it. */
writeFileSync(new URL('../../app.schema.json', import.meta.url), schemaText());
