import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { controlPlaneBinaries } from '../../../support/control-plane.ts';
import { describeWith } from '../../../support/parts.ts';
import { processesWith, runs, until } from '../../../support/processes.ts';
import { ended, startProgram } from '../../../support/program.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

const temporary = temporaryFolder();
const source = resolve(import.meta.dirname, '../../../../src/adapters/cluster/control-plane');

/** A process that has that folder for its temporary files. */
const program = (text: string) => startProgram(`process.env.TMPDIR = ${JSON.stringify(temporary())};\n${text}`);

interface Left {
  readonly etcd: number;
  readonly apiserver: number;
  readonly folder: string;
}

/** What a process leaves that starts a control plane and then ends as told, without stopping it. */
async function left(end: string): Promise<Left> {
  const { out } = await ended(
    program(`
      const { startControlPlane } = await import('${source}/start.ts');
      const { pids, kubeconfig } = await startControlPlane(${JSON.stringify(await controlPlaneBinaries())});
      process.stdout.write(JSON.stringify({ ...pids, kubeconfig }), () => { ${end} });
    `),
  );
  const { kubeconfig, ...pids } = JSON.parse(out) as { readonly etcd: number; readonly apiserver: number; readonly kubeconfig: string };
  return { ...pids, folder: dirname(kubeconfig) };
}

/** What a later process sweeps away. */
async function swept(): Promise<readonly string[]> {
  const { out } = await ended(
    program(`const { sweepHomes } = await import('${source}/home.ts'); process.stdout.write(JSON.stringify(await sweepHomes()));`),
  );
  return JSON.parse(out) as readonly string[];
}

describeWith('control-plane', 'when its owner ends without stopping it', () => {
  test.each([
    ['by a kill', "process.kill(process.pid, 'SIGKILL');"],
    ['by Ctrl-C', "process.kill(process.pid, 'SIGINT');"],
    ['by a request to end', "process.kill(process.pid, 'SIGTERM');"],
    ['by itself', 'process.exit(1);'],
  ])('%s, nothing of it stays', async (_, end) => {
    const { etcd, apiserver, folder } = await left(end);
    expect(folder.startsWith(temporary())).toBe(true);
    await until(() => !runs(etcd) && !runs(apiserver) && !existsSync(folder));
  });

  test('and the watchdog is killed, too, the next start removes it', async () => {
    const { etcd, apiserver, folder } = await left(`
      import(${JSON.stringify(join(import.meta.dirname, '../../../support/processes.ts'))}).then(({ processesWith }) => {
        for (const watchdog of processesWith('lockkeeper-watchdog\\0${temporary()}')) process.kill(watchdog, 'SIGKILL');
        process.kill(process.pid, 'SIGKILL');
      });
    `);
    expect([runs(etcd), runs(apiserver), existsSync(folder)]).toEqual([true, true, true]);
    expect(await swept()).toEqual([folder]);
    expect([runs(etcd), runs(apiserver), existsSync(folder)]).toEqual([false, false, false]);
  });
});

test('the watchdog ends who would go on for ever', async () => {
  const { out } = await ended(
    program(`
      const { spawn } = await import('node:child_process');
      const { startWatchdog } = await import('${source}/watchdog.ts');
      const endless = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' });
      await (await import('node:fs/promises')).mkdir('${temporary()}/home');
      startWatchdog('${temporary()}/home', [endless.pid]);
      process.stdout.write(String(endless.pid), () => process.exit());
    `),
  );
  expect(Number(out)).toBeGreaterThan(1);
  await until(() => !runs(Number(out)) && readdirSync(temporary()).length === 0);
});

describe('a sweep', () => {
  const name = 'lockkeeper-control-plane-1-abcdef';
  const home = (): string => join(temporary(), name);

  test('leaves what has an owner, until that is dead', async () => {
    const owner = program(
      `const { makeHome } = await import('${source}/home.ts'); console.log((await makeHome()).folder); setInterval(() => {}, 1000);`,
    );
    let folder = '';
    owner.stdout?.on('data', (data: Buffer) => {
      folder += data.toString();
    });
    await until(() => folder.endsWith('\n'));
    expect(await swept()).toEqual([]);
    expect(existsSync(folder.trim())).toBe(true);
    owner.kill('SIGKILL');
    await ended(owner);
    expect(await swept()).toEqual([folder.trim()]);
  });

  test('ends nobody who only speaks of the folder', async () => {
    mkdirSync(home());
    const reader = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', `${home()}/etcd`, `--data-dir=${home()}/etcd.old`]);
    expect(await swept()).toEqual([home()]);
    expect(runs(reader.pid ?? 0)).toBe(true);
    reader.kill();
    await ended(reader);
  });

  test('ends who stores in the folder, whatever its number', async () => {
    mkdirSync(home());
    const orphan = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', '--', `--data-dir=${home()}/etcd`]);
    await until(() => processesWith(`--data-dir=${home()}/etcd`).length > 0);
    expect(await swept()).toEqual([home()]);
    expect(runs(orphan.pid ?? 0)).toBe(false);
  });

  test('follows no link, and takes no file for a folder', async () => {
    mkdirSync(join(temporary(), 'precious'));
    writeFileSync(join(temporary(), 'precious/file'), '1');
    symlinkSync(join(temporary(), 'precious'), home());
    writeFileSync(`${home()}-file`, '');
    expect(await swept()).toEqual([]);
    expect(readdirSync(temporary()).toSorted()).toEqual([name, `${name}-file`, 'precious']);
    expect(readdirSync(join(temporary(), 'precious'))).toEqual(['file']);
  });

  test.each(['makeHome', 'sweepHomes'])('a place that is no folder is named: %s', async (what) => {
    const place = join(temporary(), 'file');
    writeFileSync(place, '');
    const text = `
      process.env.TMPDIR = ${JSON.stringify(place)};
      const home = await import('${source}/home.ts');
      await home.${what}().catch((error) => process.stdout.write(error.name + ' ' + error.message));`;
    const { out } = await ended(program(text));
    expect(out).toMatch(/^OutsideError making a folder for a control plane in .*\/file: ENOTDIR.*; TMPDIR names another place$/);
  });

  test('of two at once harms no folder that is being made', async () => {
    const maker = `
      const { makeHome } = await import('${source}/home.ts');
      const { existsSync } = await import('node:fs');
      for (let turn = 0; turn < 100; turn += 1) {
        const home = await makeHome();
        await new Promise(setImmediate);
        if (!existsSync(home.folder)) throw new Error('swept while its owner lives');
        await home.remove();
      }
      process.stdout.write('whole');`;
    const sweeper = `
      const { sweepHomes } = await import('${source}/home.ts');
      for (let turn = 0; turn < 300; turn += 1) await sweepHomes();
      process.stdout.write('swept');`;
    const outs = await Promise.all([maker, sweeper, maker, sweeper].map((text) => ended(program(text))));
    expect(outs.map(({ out }) => out)).toEqual(['whole', 'swept', 'whole', 'swept']);
    expect(readdirSync(temporary())).toEqual([]);
  });
});
