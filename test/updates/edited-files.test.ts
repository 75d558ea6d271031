import { ConflictError } from '../../src/domain/errors.ts';
import type { Reference } from '../../src/domain/reference.ts';
import type { Proposal } from '../../src/domain/update.ts';
import { editedFiles } from '../../src/updates/edited-files.ts';
import type { RepositoryAt } from '../../src/updates/read-environment.ts';
import { findReferences } from '../../src/updates/references/find.ts';
import { hex } from '../support/found.ts';

const path = 'a.yaml';

function repository(text: string): RepositoryAt {
  return { ...findReferences({ path, text }), apps: {}, files: new Map([[path, { path, text }]]) };
}

function proposalOf(app: string, references: readonly Reference[]): Proposal {
  const to = { version: '1.5.0', digest: `sha256:${hex('b')}` };
  const updates = references.map((reference) => ({ reference, to, type: 'minor' as const, held: [] }));
  return { app, environment: 'staging', branch: `lockkeeper/${app}`, title: '', content: '', updates };
}

/** The file after a proposal of what is found in `read` and fits, on top of `base`. */
function edited(read: string, fits: (reference: Reference) => boolean, base = read): string {
  const references = repository(read).references.filter(fits);
  const [file] = editedFiles(proposalOf('billing', references), repository(base));
  return Buffer.from(file?.content ?? '').toString();
}

const plain = '  - image: r.example.com/billing:1.4.2\n';

test.each([
  ['one that is not to be edited', '  - image: "r.example.com/billing:1.4.\\x32"\n', (one: Reference) => one.skip === undefined],
  ['one that is pinned', `  - image: r.example.com/billing:1.4.2@sha256:${hex('a')}\n`, (one: Reference) => one.digest === undefined],
  [
    "another app's",
    '  - image: r.example.com/billing:1.4.2 # lockkeeper: datasource=oci package=r.example.com/billing app=shop\n',
    (one: Reference) => one.app === 'billing',
  ],
])('%s of the same package and version, above it, is left alone', (_, other, fits) => {
  const moved = plain.replace('1.4.2', '1.5.0');
  expect(edited(`containers:\n${other}${plain}`, fits)).toBe(`containers:\n${other}${moved}`);
  expect(edited(`containers:\n${other}${plain}`, fits, `# new\ncontainers:\n${plain}${other}`)).toBe(
    `# new\ncontainers:\n${moved}${other}`,
  );
});

test('one that has moved on since is a conflict', () => {
  const read = `containers:\n${plain}`;
  expect(() => edited(read, () => true, read.replace('1.4.2', '1.4.3'))).toThrow(ConflictError);
});
