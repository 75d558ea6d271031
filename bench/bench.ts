import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { dashboardGoals } from './dashboard.ts';
import { deployGoals } from './deploy/deploy.ts';
import { goalsOf, median, medianTrial } from './goals.ts';
import { installRenovate, renovate, version } from './peer/renovate.ts';
import { help, lockkeeper } from './scanner.ts';
import { soakFor } from './soak.ts';
import { comparisonTable, figuresTable, goalsTable, markdownTable, verdict } from './tables.ts';
import { runTrial, type Trial } from './trial.ts';
import { validationGoals } from './validation/validation.ts';
import { webhookGoals } from './webhooks.ts';
import { packageCount, proposalsEach, referencesEach, type WorldSize } from './world.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '3' },
    delay: { type: 'string', multiple: true, default: ['0', '20'] },
    environments: { type: 'string', multiple: true },
    moving: { type: 'string', default: `${proposalsEach}` },
    json: { type: 'string' },
    webhooks: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '30' },
    postgres: { type: 'boolean', default: false },
    validation: { type: 'boolean', default: false },
    deploy: { type: 'boolean', default: false },
    dashboard: { type: 'boolean', default: false },
    soak: { type: 'boolean', default: false },
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
  },
});
if (values.webhooks) {
  process.stdout.write(`${goalsTable(await webhookGoals(Number(values.seconds), values.postgres))}\n`);
  process.exit();
}
if (values.validation) {
  const { figures, goals } = await validationGoals(Number(values.runs));
  process.stdout.write(`${markdownTable(['medians', ''], figures)}\n\n${goalsTable(goals)}\n`);
  process.exit();
}
if (values.dashboard) {
  const { figures, goals } = await dashboardGoals(30);
  process.stdout.write(`${markdownTable(['medians', 'wall', 'CPU'], figures)}\n\n${goalsTable(goals)}\n`);
  process.exit();
}
if (values.deploy) {
  const { seconds, requests, goals } = await deployGoals(Number(values.runs));
  print(
    markdownTable(
      ['medians', 'create', 'change and prune', 'nothing changed'],
      seconds.map(([name, ...all]) => [name, ...all.map((one) => `${one.toFixed(2)} s`)]),
    ),
    markdownTable(
      ['nothing changed', 'lists', 'reads', 'dry runs', 'applies', 'deletes'],
      requests.map(([kind, { lists, reads, dryRuns, applies, deletes }]) => [
        kind,
        ...[lists, reads, dryRuns, applies, deletes].map(String),
      ]),
    ),
    goalsTable(goals),
  );
  process.exit();
}
if (values.soak) {
  const { figures, goals, problems, folder } = await soakFor(Number(values.minutes), Number(values.seed));
  const measured = Object.entries(figures).map(([what, value]) => [what, Number.isInteger(value) ? `${value}` : value.toFixed(1)]);
  print(markdownTable(['figure', 'measured'], measured), goalsTable(goals));
  for (const problem of problems) process.stdout.write(`- ${problem}\n`);
  if (problems.length > 0) process.stdout.write(`its log and store: ${folder}\n`);
  process.exit(problems.length > 0 ? 1 : 0);
}
const [runs, moving] = [Number(values.runs), Number(values.moving)];
const delays = values.delay.map(Number);
const latest = delays.at(-1) ?? 0;
const usual = 20;
const sizes = values.environments?.map(Number);

const parts: Readonly<Record<string, () => Promise<unknown>>> = { goals, peer, growth };
const unknown = positionals.find((name) => !Object.hasOwn(parts, name));
if (unknown !== undefined) throw new Error(`${unknown}: the bench has ${Object.keys(parts).join(', ')}`);
const figures: Record<string, unknown> = { runs, moving };
for (const [name, part] of Object.entries(parts)) {
  if (positionals.length === 0 || positionals.includes(name)) figures[name] = await part();
}
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(figures, undefined, 2)}\n`);

/** What one scan of a middling world takes, against the goals. */
async function goals(): Promise<unknown> {
  const size = { environments: sizes?.[0] ?? usual, behind: sizes?.[0] ?? usual, moving };
  const helpSeconds = median(await repeat(help));
  const trials: [number, Trial][] = [];
  for (const delay of delays) trials.push([delay, medianTrial(await repeat(() => runTrial(lockkeeper, delay, size)))]);
  const named = trials.map(([delay, trial]) => [`${delay} ms`, trial] as const);
  const all = trials.flatMap(([delay, trial]) =>
    goalsOf(trial, delay, size).map((goal) => ({ ...goal, what: `${delay} ms: ${goal.what}` })),
  );
  print(`${worldText(size)}; medians of ${runs}`, figuresTable('delay', named), ...named.map(([name, trial]) => verdict(name, trial)));
  print(goalsTable([{ what: '`lockkeeper --help`, seconds', value: helpSeconds, most: 0.25 }, ...all]));
  return { help: helpSeconds, trials };
}

/** Renovate beside it, each in a world of its own that is the same; once, because it takes minutes. */
async function peer(): Promise<unknown> {
  const size = { environments: sizes?.[0] ?? usual, behind: sizes?.[0] ?? usual, moving };
  const name = `Renovate ${version}`;
  try {
    await installRenovate();
  } catch (error) {
    print((error as Error).message);
    process.exitCode = 1;
    return { missing: name };
  }
  const ours = await runTrial(lockkeeper, latest, size);
  const theirs = await runTrial(renovate, latest, size);
  const told = `${worldText(size)}; ${latest} ms for each answer; one run`;
  print(told, comparisonTable(ours, theirs, name), verdict('Lockkeeper', ours), verdict(name, theirs));
  return { ours, theirs };
}

/** The same news out of ever more environments: 200 merge requests to open, then nothing new, then ten releases for one environment. */
async function growth(): Promise<unknown> {
  const trials: [number, Trial][] = [];
  for (const environments of sizes ?? [20, 100, 500]) {
    const size = { environments, behind: Math.min(usual, environments), moving };
    trials.push([environments, medianTrial(await repeat(() => runTrial(lockkeeper, latest, size, 3)))]);
  }
  const named = trials.map(([environments, trial]) => [`${environments}`, trial] as const);
  print(`${latest} ms for each answer; medians of ${runs}`, figuresTable('environments', named));
  print(...named.map(([name, trial]) => verdict(`${name} environments`, trial)));
  return trials;
}

/** One after the other: at once they would share the machine. */
async function repeat<T>(work: () => Promise<T>): Promise<T[]> {
  const all: T[] = [];
  for (let at = 0; at < runs; at += 1) all.push(await work());
  return all;
}

function worldText({ environments, moving: news }: WorldSize): string {
  return `${environments} environments × ${referencesEach} references, ${packageCount} packages of which ${news} move`;
}

function print(...paragraphs: readonly string[]): void {
  process.stdout.write(`${paragraphs.join('\n\n')}\n\n`);
}
