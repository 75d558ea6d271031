import { empty } from '../parts/empty.ts';
import { type Html, html, trusted } from '../parts/html.ts';
import type { AccessPlace } from './source.ts';

interface Place {
  readonly environment: string;
  readonly namespace: string;
}

/** The first step of asking: where. What may be asked for depends on it. */
export function placeForm(places: readonly AccessPlace[], typed: Place = { environment: '', namespace: '' }): Html {
  if (places.length === 0) return empty('There is no environment that you see.');
  const options = places.map(
    ({ name, hasCluster }) =>
      html`<option value="${name}"${name === typed.environment ? trusted(' selected') : undefined}>${name}${hasCluster ? '' : ' (no cluster)'}</option>`,
  );
  const namespaces = [...new Set(places.flatMap((one) => one.namespaces))].toSorted();
  return html`<form class="filters" method="get" action="/access/ask">
<label>Environment <select name="environment">${options}</select></label>
<label>Namespace <input name="namespace" value="${typed.namespace}" list="namespaces" required maxlength="63" autocomplete="off" autocapitalize="none" spellcheck="false"></label>
<datalist id="namespaces">${namespaces.map((name) => html`<option value="${name}">`)}</datalist>
<div class="actions"><button class="main">Go on</button></div>
</form>`;
}
