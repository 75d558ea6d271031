/** Markup that is safe to send: made only by `html` and by `trusted`. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type HtmlPart = Html | string | number | undefined | readonly HtmlPart[];

/** A template whose values are escaped unless they are Html; lists are joined, undefined is nothing. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlPart[]): Html {
  return new Html(strings.map((text, index) => text + (index < values.length ? partText(values[index]) : '')).join(''));
}

/** Markup that was escaped elsewhere. */
export const trusted = (text: string): Html => new Html(text);

function partText(part: HtmlPart): string {
  if (part === undefined) return '';
  if (part instanceof Html) return part.text;
  return isList(part) ? part.map(partText).join('') : escapeHtml(String(part));
}

const isList = (part: HtmlPart): part is readonly HtmlPart[] => Array.isArray(part);

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '');
