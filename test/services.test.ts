import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commands } from './support/scan-world.ts';
import { temporaryFolder } from './support/temporary.ts';

const folder = temporaryFolder();

test.each([
  ['none.pem', 'ENOENT'],
  ['.', 'EISDIR'],
  ['app.yml', 'holds no certificate'],
  ['"${file:secret.txt}"', 'ENOENT'],
])('a registry’s and a forge’s authority at %s: wrong configuration, by key, and nothing of the text', async (ca, reason) => {
  const at = folder();
  writeFileSync(join(at, 'secret.txt'), 'hunter2hunter2//x\nhunter3hunter3\n');
  const { configure, run } = commands(at, `gl: { type: gitlab, url: https://gitlab.internal, token: glpat-12345, ca: ${ca} }`);
  const configured = (registries: string) =>
    configure(`registries: { ${registries} }\nenvironments: [{ name: staging, repository: "gl:platform/staging" }]\n`);

  for (const [registries, key] of [
    ['', 'forges.gl.ca'],
    [`registry.internal: { ca: ${ca} }`, 'registries["registry.internal"].ca'],
  ] as const) {
    configured(registries);
    const { exit, stdout, stderr } = await run('scan');
    expect([exit, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`lockkeeper: ${key}: expected the path of a PEM file`);
    expect(stderr).toContain(reason);
    expect(stderr).not.toContain('hunter');
  }
});
