import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { changeBook } from '../../../src/access/grant/book.ts';
import { loadConfig } from '../../../src/config/load.ts';
import type { GrantRecord } from '../../../src/domain/access.ts';
import { accessFigures, rememberEnvironment, warnOfLost } from '../../../src/serve/access/figures.ts';
import { createServices } from '../../../src/services.ts';
import { grantOf } from '../../support/builders/grants.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const temporary = temporaryFolder();
const repository = 'local:production';
const open: GrantRecord = { grant: grantOf({ environment: 'production', repository }), state: 'active' };
const other = '{ name: staging, repository: "local:staging" }';
const ended: GrantRecord = { ...open, state: 'ended' };

test.each<[string, string, readonly GrantRecord[], number | undefined, number]>([
  ['with a cluster', `{ name: production, repository: "${repository}", cluster: blue }`, [open], 1, 0],
  ['with a cluster, in which nobody has anything', `{ name: production, repository: "${repository}", cluster: blue }`, [ended], 0, 0],
  ['that lost its cluster', `{ name: production, repository: "${repository}" }`, [open], 1, 1],
  ['that lost its cluster when nobody had anything', `{ name: production, repository: "${repository}" }`, [ended], undefined, 0],
  ['that app.yml does not name any more', other, [open], 1, 1],
  ['that app.yml does not name any more, and nobody has anything', other, [ended], undefined, 0],
])(
  'the grants of an environment %s are counted while they are open, and it is said when nobody ends them',
  async (_, environment, grants, counted, warned) => {
    const file = join(temporary(), 'app.yml');
    writeFileSync(
      file,
      `forges: { local: { type: local, path: ./repositories } }
store: { url: "file:./data" }
clusters: { blue: { kubeconfig: ./kubeconfig } }
environments: [${environment}]
access: { approvers: [grace] }
`,
    );
    const loaded = loadConfig(file, {});
    const services = await createServices(loaded, { redact: (text) => text, warn: () => {}, unfinished: true });
    const { persistence } = services;
    await changeBook(persistence, repository, (book) => ({ ...book, grants }));
    await rememberEnvironment(persistence, { name: 'production', repository: { forge: 'local', path: 'production' } });
    const figures = await accessFigures(loaded.config, services);
    expect(figures.map((one) => [one.environment, one.open.length])).toEqual(counted === undefined ? [] : [['production', counted]]);
    if (counted === 1) expect(figures[0]?.open).toEqual([{ level: open.grant.level, until: new Date(open.grant.until) }]);
    const lines: string[] = [];
    await warnOfLost(loaded.config, services, pino({}, { write: (line) => void lines.push(line) }));
    expect(lines).toHaveLength(warned);
    if (warned === 1)
      expect(lines[0]).toContain(
        `nobody looks after 1 grant of production: app.yml names no cluster for it any more. Name it again until ${open.grant.until}`,
      );
    await services.close();
  },
);
