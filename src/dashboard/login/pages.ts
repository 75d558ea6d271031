import { html } from '../parts/html.ts';
import { layout } from '../parts/layout.ts';

/** Where to log in: one link for each provider. */
export function choosePage(providers: readonly string[], to: string, left: boolean): string {
  const links = providers.map((name) => html`<li><a class="button" href="${`/login/${name}${query(to)}`}">Log in with ${name}</a></li>`);
  return layout(
    'Log in',
    [],
    html`<section class="login"><h1>${left ? 'You are logged out' : 'Log in'}</h1>
<p>What you see and may do here follows from your permissions on the repositories.</p>
<ul>${links}</ul></section>`,
  );
}

/** Why nobody was logged in, and how to begin again. */
export const loginProblem = (status: number, title: string, text: string, again: string): string =>
  layout(
    title,
    [],
    html`<section class="problem"><p class="status">${status}</p><h1>${title}</h1><p>${text}</p><p><a href="${again}">Try again</a></p></section>`,
  );

const query = (to: string): string => (to === '/' ? '' : `?${new URLSearchParams({ to }).toString()}`);
