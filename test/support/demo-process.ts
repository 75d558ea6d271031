import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { freePorts } from './ports.ts';
import { sharedFolder } from './temporary.ts';

/** The real demo in a process of its own. */
export interface DemoProcess {
  readonly url: string;
  /** All that it wrote to stdout until it served. */
  readonly printed: string;
  /** As Ctrl-C does; gives its exit code. */
  stop(): Promise<number | null>;
}

/** An empty demo whose ports are chosen already, as if it had died at once: two tests that run side by side never want the same ones. */
export async function prepareDemo(
  directory: string,
): Promise<{ readonly pages: number; readonly registry: number; readonly bundles: number }> {
  const [pages = 0, registry = 0, bundles = 0] = await freePorts(3);
  const ports = { pages, registry, bundles };
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'lockkeeper-demo.json'), JSON.stringify({ edition: 2, ports, whole: false }));
  return ports;
}

/** One for a suite; it is served before the first test, within `patience` milliseconds. */
export function sharedDemo(patience: number): () => DemoProcess {
  let running: DemoProcess | undefined;
  afterAll(async () => void (await running?.stop()), patience); // before its folder is gone
  const folder = sharedFolder();
  beforeAll(async () => {
    running = await startDemo(join(folder(), 'demo'));
  }, patience);
  return () => {
    if (running === undefined) throw new Error('the demo has not started');
    return running;
  };
}

/** Resolves once it serves. The folder holds nothing yet. */
async function startDemo(directory: string): Promise<DemoProcess> {
  await prepareDemo(directory);
  const program = resolve(import.meta.dirname, '../../bin/lockkeeper.js');
  const child = spawn(process.execPath, [program, 'demo', '--dir', directory], { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  let [printed, complaints] = ['', ''];
  child.stderr.on('data', (data: Buffer) => {
    complaints += data.toString();
  });
  await new Promise<void>((served, failed) => {
    child.stdout.on('data', (data: Buffer) => {
      printed += data.toString();
      if (printed.endsWith('to be rid of it.\n')) served();
    });
    void exited.then(([code]) => failed(new Error(`the demo ended with ${code}: ${complaints}`)));
  });
  return {
    printed,
    url: /Serving (http:\S+)/.exec(printed)?.[1] ?? '',
    async stop() {
      child.kill('SIGINT');
      return (await exited)[0];
    },
  };
}
