import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { openPersistence } from '../src/adapters/store/open.ts';
import { environmentsRoom } from '../src/dashboard/environments/room.ts';
import { createSite } from '../src/dashboard/site.ts';
import { readFleet } from '../src/updates/fleet/read.ts';
import { rememberLook } from '../src/updates/fleet/remember.ts';
import { aLargeFleet } from '../test/support/a-fleet.ts';
import { aViewer } from '../test/support/site-visitor.ts';
import { type Goal, median } from './goals.ts';

const [environments, apps] = [10, 300];
/** Until the code is compiled. */
const warmUp = 10;

interface DashboardFigures {
  readonly figures: readonly (readonly [what: string, wall: string, cpu: string])[];
  readonly goals: readonly Goal[];
}

/** The first page of a large company, out of an embedded store: what making it takes, and what goes over the wire. */
export async function dashboardGoals(runs: number): Promise<DashboardFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'lockkeeper-bench-'));
  const persistence = await openPersistence(`file:${folder}`, () => {});
  try {
    const { store } = persistence;
    const settings = await fill(persistence);
    const read = () => readFleet(store, settings);
    const known = await read();
    const kept = siteOf(() => Promise.resolve(known));
    const whole = siteOf(read);
    const [reading, rendering, both] = [await timed(runs, read), await timed(runs, kept), await timed(runs, whole)];
    const body = await whole();
    const brotli = brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }).length;
    const gzip = gzipSync(body).length;
    const parsing = await timed(runs, () => Promise.resolve(JSON.parse(JSON.stringify(known)) as unknown));
    return {
      figures: [
        ['the store is read', ...told(reading)],
        ['the page is made of that', ...told(rendering)],
        ['both', ...told(both)],
        ['the same data written and read as JSON once', ...told(parsing)],
        ['the page', kilobytes(Buffer.byteLength(body)), ''],
        ['with gzip', kilobytes(gzip), ''],
        ['with Brotli, quality 5', kilobytes(brotli), ''],
      ],
      goals: [
        { what: `the page of ${environments} × ${apps}, the store read, ms of CPU (it waits for nobody)`, value: both.cpu, most: 100 },
        { what: 'its size with gzip, KB', value: gzip / 1024, most: 200 },
      ],
    };
  } finally {
    await persistence.close();
    rmSync(folder, { recursive: true });
  }
}

type Persistence = Awaited<ReturnType<typeof openPersistence>>;

/** As scans leave it. */
async function fill(persistence: Persistence) {
  const fleet = aLargeFleet(environments, apps);
  for (const { environment, repository, url, commit = '', at: began = '', rows, requests } of fleet) {
    const looked = rows.map((row) => ({ row, failed: false }));
    await rememberLook(persistence, environment, {
      repository,
      url,
      commit,
      began,
      present: new Set(),
      rows: looked,
      requests,
      troubles: [],
    });
  }
  return fleet.map(({ environment: name, repository }) => {
    const [forge = '', path = ''] = repository.split(':');
    return { name, repository: { forge, path }, updates: { types: [] } };
  });
}

/** Asks for the first page. */
function siteOf(read: () => ReturnType<typeof readFleet>): () => Promise<string> {
  const site = createSite({
    rooms: [environmentsRoom({ environments: read, nextScan: () => undefined, scanning: async () => undefined })],
    now: () => new Date(),
  });
  const request = { method: 'GET', path: '/', query: new URLSearchParams(), form: new URLSearchParams(), viewer: aViewer() } as const;
  return async () => {
    const { body } = await site(request);
    if (typeof body !== 'string') throw new Error('the first page is a stream');
    return body;
  };
}

/** Milliseconds. */
interface Taken {
  readonly wall: number;
  readonly cpu: number;
}

const told = ({ wall, cpu }: Taken): readonly [string, string] => [`${wall.toFixed(1)} ms`, `${cpu.toFixed(1)} ms`];

/** Medians. */
async function timed(runs: number, work: () => Promise<unknown>): Promise<Taken> {
  const all: Taken[] = [];
  for (let at = 0; at < warmUp + runs; at += 1) {
    const [begin, used] = [performance.now(), process.cpuUsage()];
    await work();
    const { user, system } = process.cpuUsage(used);
    if (at >= warmUp) all.push({ wall: performance.now() - begin, cpu: (user + system) / 1000 });
  }
  return { wall: median(all.map(({ wall }) => wall)), cpu: median(all.map(({ cpu }) => cpu)) };
}

const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(0)} KB`;
