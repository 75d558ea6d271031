import { html } from './html.ts';
import { layout } from './layout.ts';

/** Says what went wrong and where to go from here. */
export function problemPage(status: number, title: string, text: string): string {
  return layout(
    title,
    [],
    html`<section class="problem"><p class="status">${status}</p><h1>${title}</h1><p>${text}</p><p><a href="/">All environments</a></p></section>`,
  );
}
