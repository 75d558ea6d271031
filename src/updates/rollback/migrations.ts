import type { Changelog } from '../changelog/changelog.ts';
import type { Entry, Group } from '../changelog/entries.ts';

const migration = /\bmigrat(?:e[sd]?|ing|ions?)\b|\bschema\b|\bbackfill/i;

const isMigration = ({ scope = '', text, breakingText = '' }: Entry): boolean =>
  [scope, text, breakingText].some((one) => migration.test(one));

/** The changelog with what speaks of migrations behind the breaking changes: neither is undone by going back. */
export function migrationsFirst(changelog: Changelog): Changelog {
  const [breaking, others] = [
    changelog.groups.filter(({ title }) => title === 'Breaking'),
    changelog.groups.filter(({ title }) => title !== 'Breaking'),
  ];
  const moved = others.flatMap(({ entries }) => entries.filter(isMigration));
  if (moved.length === 0) return changelog;
  const left = others
    .map(({ title, entries }): Group => ({ title, entries: entries.filter((entry) => !isMigration(entry)) }))
    .filter(({ entries }) => entries.length > 0);
  return { ...changelog, groups: [...breaking, { title: 'Migrations', entries: moved }, ...left] };
}
