import { posix } from 'node:path';
import { checklistRules } from '../domain/checklist.ts';
import type { Answer } from '../domain/site.ts';
import { trusted } from './parts/html.ts';
import { type Crumb, layout } from './parts/layout.ts';
import { renderMarkdown } from './parts/markdown.ts';
import { clothes } from './site.ts';

/** Page → file of docs/. */
const files: ReadonlyMap<string, string> = new Map([
  ['/validation', 'validation.md'],
  ['/validation-rules', 'validation-rules.md'],
  ['/checklist', 'checklist/README.md'],
  ...Object.keys(checklistRules).map((rule) => [`/checklist/${rule}`, `checklist/${rule}.md`] as const),
]);
const pages = new Map([...files].map(([page, file]) => [file, page]));

/** Whether something here may be read by anybody: what the product is, nothing of what it works on, and what such a page is drawn with. */
export const isOpen = (path: string): boolean => files.has(path) || clothes.includes(path);

/** The pages that comments on merge requests lead to: why a rule is one, and what to do. `read` gives a file of docs/, undefined where it is not there. */
export function createManual(read: (file: string) => Promise<string | undefined>): (path: string) => Promise<Answer | undefined> {
  return async (path) => {
    const file = files.get(path);
    const text = file === undefined ? undefined : await read(file);
    if (file === undefined || text === undefined) return undefined;
    const title = /^# (.+)$/m.exec(text)?.[1] ?? path;
    const crumbs: readonly Crumb[] = path.startsWith('/checklist/') ? [{ text: 'Checklist', href: '/checklist' }] : [];
    const body = trusted(`<article class="manual">${renderMarkdown(withPages(text, file), { anchors: true }).text}</article>`);
    return { status: 200, type: 'text/html; charset=utf-8', body: layout(title, crumbs, body) };
  };
}

/** A link to another file leads to its page; one that has no page is text. */
const withPages = (text: string, file: string): string =>
  text.replaceAll(/\[([^[\]\n]{1,200})\]\(([\w./-]{1,200}\.md)(#[\w-]{1,100})?\)/g, (_, name: string, target: string, anchor = '') => {
    const page = pages.get(posix.join(posix.dirname(file), target));
    return page === undefined ? name : `[${name}](${page}${anchor})`;
  });
