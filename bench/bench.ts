import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { tableText } from '../src/cli/table.ts';
import { type Goal, goalsOf, median, medianTrial } from './goals.ts';
import { help } from './scanner.ts';
import { soakFor } from './soak.ts';
import { type Figures, runTrial, type Trial } from './trial.ts';
import { webhookGoals } from './webhooks.ts';
import { environmentCount, packageCount, proposalsEach, referencesEach } from './world.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '3' },
    delay: { type: 'string', multiple: true, default: ['0', '20'] },
    moving: { type: 'string', default: `${proposalsEach}` },
    json: { type: 'string' },
    webhooks: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '30' },
    postgres: { type: 'boolean', default: false },
    soak: { type: 'boolean', default: false },
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
  },
});
if (values.webhooks) {
  process.stdout.write(`${goalsTable(await webhookGoals(Number(values.seconds), values.postgres))}\n`);
  process.exit();
}
if (values.soak) {
  const { figures, goals, problems, folder } = await soakFor(Number(values.minutes), Number(values.seed));
  const rows = Object.entries(figures).map(([what, value]) => [what, Number.isInteger(value) ? `${value}` : value.toFixed(1)]);
  process.stdout.write(`${tableText(['figure', 'measured'], rows, { width: undefined, color: false })}\n\n${goalsTable(goals)}\n`);
  for (const problem of problems) process.stdout.write(`- ${problem}\n`);
  if (problems.length > 0) process.stdout.write(`its log and store: ${folder}\n`);
  process.exit(problems.length > 0 ? 1 : 0);
}
const [runs, moving] = [Number(values.runs), Number(values.moving)];
const helpSeconds = median(await repeat(runs, help));
const results: (Trial & { readonly delay: number; readonly goals: readonly Goal[] })[] = [];
for (const delay of values.delay.map(Number)) {
  const trial = medianTrial(await repeat(runs, () => runTrial(delay, moving)));
  results.push({ delay, ...trial, goals: goalsOf(trial, delay) });
}
const goals = [
  { what: 'lockkeeper --help, seconds', value: helpSeconds, most: 0.25 },
  ...results.flatMap(({ delay, goals }) => goals.map((goal) => ({ ...goal, what: `${delay} ms · ${goal.what}` }))),
];

const size = `${environmentCount} environments × ${referencesEach} references, ${packageCount} packages of which ${moving} move`;
process.stdout.write(`${size}; medians of ${runs} runs\n\n${figuresTable()}\n\n${goalsTable(goals)}\n`);
if (values.json !== undefined)
  writeFileSync(values.json, `${JSON.stringify({ runs, moving, help: helpSeconds, results }, undefined, 2)}\n`);

/** One after the other: at once they would share the machine. */
async function repeat<T>(times: number, work: () => Promise<T>): Promise<T[]> {
  const all: T[] = [];
  for (let at = 0; at < times; at += 1) all.push(await work());
  return all;
}

function figuresTable(): string {
  const head = ['delay', 'scan', 'wall s', 'CPU s', 'peak MB', 'forge reads', 'forge writes', 'registry'];
  const row = (delay: number, name: keyof Trial, { wall, cpu, memory, forgeReads, forgeWrites, registry }: Figures): string[] => [
    `${delay} ms`,
    name,
    wall.toFixed(2),
    cpu.toFixed(2),
    (memory / 1024 / 1024).toFixed(0),
    ...[forgeReads, forgeWrites, registry].map(String),
  ];
  const rows = results.flatMap(({ delay, first, second }) => [row(delay, 'first', first), row(delay, 'second', second)]);
  return tableText(head, rows, { width: undefined, color: false });
}

function goalsTable(all: readonly Goal[]): string {
  const rows = all.map(({ what, value, most }) => [what, value.toFixed(2), `≤ ${most}`, value <= most ? 'met' : 'missed']);
  return tableText(['goal', 'measured', 'goal', ''], rows, { width: undefined, color: false });
}
