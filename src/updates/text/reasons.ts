import type { Update } from '../../domain/update.ts';
import { harmlessInline, harmlessLine } from '../../markdown/harmless.ts';

const most = 4;

/** The section "Why this version": higher versions that were not taken, highest first; empty where this is the highest. */
export function reasons(updates: readonly Update[]): string {
  const held = new Map(
    updates.flatMap((update) => update.held.map((each) => [JSON.stringify([each.version, each.reason]), each] as const)),
  );
  if (held.size === 0) return '';
  const byReason = Map.groupBy(held.values(), ({ reason }) => reason);
  const lines = [...byReason].slice(0, most).map(([reason, versions]) => {
    const names = versions.flatMap(({ version }) => (version === undefined ? [] : [harmlessInline(version)]));
    const shown = names.length > 3 ? `${names.slice(0, 2).join(', ')} and ${names.length - 2} more` : names.join(', ');
    return shown === ''
      ? `- ${harmlessLine(reason)}`
      : `- **${shown}** ${names.length > 1 ? 'are' : 'is'} out and held: ${harmlessInline(reason)}`;
  });
  const rest = byReason.size - most;
  return ['### Why this version', [...lines, ...(rest > 0 ? [`- and ${rest} more reasons`] : [])].join('\n')].join('\n\n');
}
