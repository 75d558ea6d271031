import type { Entry } from '../domain/journal.ts';
import { codeSpan, harmlessInline } from '../markdown/harmless.ts';
import { safeHref } from '../markdown/links.ts';

/** One environment's entries of one month, as files for an auditor. */
export interface Sheet {
  /** `production/2026-11`; entries of no environment are under `_general`. */
  readonly name: string;
  readonly environment: string | undefined;
  /** `2026-11`, UTC. */
  readonly month: string;
}

/** Which sheet an entry belongs to. An environment's name becomes one folder, whatever is in it. */
export function sheetOf({ environment, at }: Entry): Sheet {
  const month = at.slice(0, 7);
  const folder =
    environment === undefined
      ? '_general'
      : encodeURIComponent(environment).replace(/^[._]/, (first) => `%${first.charCodeAt(0).toString(16).toUpperCase()}`);
  return { name: `${folder}/${month}`, environment, month };
}

export const jsonLine = (entry: Entry): string => `${JSON.stringify(entry)}\n`;

/** What stands above the entries. */
export function sheetHead({ environment, month }: Sheet): string {
  const of = environment === undefined ? 'what belongs to no environment' : harmlessInline(environment);
  return `# Journal of ${of}, ${month}\n\nTimes are UTC. Each entry's hash covers its text and the hash of the entry before, of whatever environment: \`lockkeeper journal verify\`.\n\n| | when | who | what | why | hash |\n|---|---|---|---|---|---|\n`;
}

/** One row per entry. All text is harmless: nothing in it is a mention, a command or HTML. */
export function sheetRow({ number, at, actor, kind, what, why, links, hash }: Entry): string {
  const where = links.map((link, index) => linked(link, index)).join(' ');
  const said = `**${kind}** ${inline(what)}${where === '' ? '' : ` ${where}`}`;
  return `| ${number} | ${at.replace('T', ' ').slice(0, 19)} | ${inline(actor)} | ${said} | ${inline(why)} | \`${hash.slice(0, 12)}\` |\n`;
}

const inline = (text: string): string => harmlessInline(text).replaceAll(/(?<!\\)\|/g, '\\|');

function linked(link: string, index: number): string {
  const href = safeHref(link);
  return href === undefined ? inline(codeSpan(link)) : `[link${index === 0 ? '' : ` ${index + 1}`}](${href})`;
}
