import { type Html, type HtmlPart, html } from './html.ts';

/** A link to what came from outside: only over http, everything else stays text. */
export function externalLink(url: string, text: HtmlPart): Html {
  return /^https?:\/\/[^\s]+$/i.test(url) && URL.canParse(url) ? html`<a href="${url}" rel="noreferrer">${text}</a>` : html`${text}`;
}
