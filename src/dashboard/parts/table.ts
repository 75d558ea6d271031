import { type Html, type HtmlPart, html } from './html.ts';

interface Column {
  readonly name: HtmlPart;
  /** For numbers. */
  readonly right?: true;
}

/** A table that scrolls by itself where the page is narrow; each row's first cell is its heading. */
export function table(label: string, columns: readonly Column[], rows: readonly (readonly HtmlPart[])[]): Html {
  const side = (at: number) => (columns[at]?.right === true ? html` class="right"` : undefined);
  const head = columns.map(({ name }, at) => html`<th scope="col"${side(at)}>${name}</th>`);
  const body = rows.map(
    ([first, ...rest]) =>
      html`<tr><th scope="row"${side(0)}>${first}</th>${rest.map((cell, at) => html`<td${side(at + 1)}>${cell}</td>`)}</tr>
`,
  );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table class="list"><thead><tr>${head}</tr></thead><tbody>
${body}</tbody></table></div>`;
}
