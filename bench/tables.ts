import { forgeRequests, type Goal, megabyte } from './goals.ts';
import type { Figures, Trial } from './trial.ts';

/** For a page of docs/. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`.replaceAll('  ', ' ');
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const figureColumns = ['scan', 'wall', 'CPU', 'peak memory', 'forge reads', 'forge writes', 'registry'];

/** A row for each scan; `label` says what of. */
export function figuresTable(label: string, trials: readonly (readonly [name: string, trial: Trial])[]): string {
  const row = (figures: Figures): string[] => [
    `${figures.wall.toFixed(1)} s`,
    `${figures.cpu.toFixed(1)} s`,
    `${(figures.memory / megabyte).toFixed(0)} MB`,
    ...[figures.forgeReads, figures.forgeWrites, figures.registry].map(String),
  ];
  const rows = trials.flatMap(([name, trial]) => scansOf(trial).map(([scan, figures]) => [name, scan, ...row(figures)]));
  return markdownTable([label, ...figureColumns], rows);
}

export function goalsTable(goals: readonly Goal[]): string {
  const rows = goals.map(({ what, value, most }) => [what, value.toFixed(2), `${most}`, value <= most ? 'met' : 'missed']);
  return markdownTable(['goal', 'measured', 'at most', ''], rows);
}

const compared: readonly (readonly [what: string, unit: string, of: (figures: Figures) => number])[] = [
  ['wall time', ' s', ({ wall }) => wall],
  ['CPU', ' s', ({ cpu }) => cpu],
  ['peak memory', ' MB', ({ memory }) => memory / megabyte],
  ['requests to the forge', '', forgeRequests],
  ['requests of git over HTTP', '', ({ git }) => git],
  ['requests to the registry', '', ({ registry }) => registry],
  ['requests, all', '', (figures) => forgeRequests(figures) + figures.git + figures.registry],
];

/** One beside the other, and how many times as much the other took. */
export function comparisonTable(ours: Trial, peer: Trial, peerName: string): string {
  const rows = (['first', 'second'] as const).flatMap((scan) =>
    compared.map(([what, unit, of]) => {
      const [one, other] = [of(ours[scan]), of(peer[scan])];
      const shown = (value: number): string => `${value.toFixed(unit === ' s' ? 1 : 0)}${unit}`;
      return [scan, what, shown(one), shown(other), one === 0 || other === 0 ? '' : `${(other / one).toFixed(1)} ×`];
    }),
  );
  return markdownTable(['scan', '', 'Lockkeeper', peerName, 'ratio'], rows);
}

/** Whether the merge requests are those that should be, in words. */
export function verdict(name: string, trial: Trial): string {
  const all = scansOf(trial);
  const wrong = all.flatMap(([scan, figures]) => figures.wrong.map((one) => `${scan} scan: ${one}`));
  if (wrong.length === 0) return `${name}: after each scan exactly the merge requests that should be are open, each to the right version.`;
  return `${name}: ${wrong.length} wrong: ${wrong.slice(0, 3).join('; ')}`;
}

const scansOf = ({ first, second, third }: Trial): (readonly [string, Figures])[] => [
  ['first', first],
  ['second', second],
  ...(third === undefined ? [] : [['third', third] as const]),
];
