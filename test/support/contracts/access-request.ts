import type { AccessFixture } from './access-fixture.ts';

export const path = 'platform/staging';
export const accessFile = 'access/billing/alice.yml';
export const aliceYaml = 'user: alice\nlevel: admin\nreason: "INC-1234: migration stuck"\nduration: 2h\n';
export const files = {
  'manifests/long.yaml': Array.from({ length: 60 }, (_, line) => `key${line}: value ${line}\n`).join(''),
  'other.yaml': 'b: 1\n',
} as const;

/** Files under `access/`, all of them different. */
export const numbered = (count: number, text = 'x'): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`access/many/n${at}.yml`, `${text} ${at}\n`]));

/** That person pushes an access request to the branch `ask` and opens a merge request for it. */
export async function askFor({ pushBy, openBy }: AccessFixture, name: string): Promise<{ head: string; id: number }> {
  const head = await pushBy(path, name, 'ask', { [accessFile]: aliceYaml });
  return { head, id: await openBy(path, name, 'ask') };
}
