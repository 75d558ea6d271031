import { html } from './parts/html.ts';
import { layout } from './parts/layout.ts';

export interface AppForm {
  readonly action: string;
  readonly manifest: string;
  readonly organisation: string;
  readonly code: string;
  /** `https://github.com` */
  readonly github: string;
  /** GitHub cannot call the service at server.url. */
  readonly unreachable: string | undefined;
}

/** One button that makes the GitHub App. */
export function appForm({ action, manifest, organisation, code, github, unreachable }: AppForm): string {
  const owner = organisation === '' ? 'your own account' : organisation;
  const body = html`<h1>Make the GitHub App</h1>
<p>Lockkeeper acts at <a href="${github}">${github}</a> as a GitHub App of your own: it can read and write what you install it on, and nothing else.</p>
${unreachable === undefined ? undefined : html`<p class="note">${unreachable}</p>`}
<form method="get">
${code === '' ? undefined : html`<input type="hidden" name="code" value="${code}">`}
<p><label>Organisation that it belongs to (empty: your own account) <input name="organisation" value="${organisation}" maxlength="39" autocomplete="off"></label>
<button>Choose</button></p>
</form>
<form method="post" action="${action}">
<input type="hidden" name="manifest" value="${manifest}">
<p><button>Make the App in ${owner}</button></p>
</form>
<p>GitHub asks for its name and shows what it may do. Then it sends you back here.</p>`;
  return layout('GitHub App', [], body);
}

export interface AppDone {
  readonly forge: string;
  readonly github: string;
  readonly id: number;
  /** Where it is installed. */
  readonly install: string;
  /** As app.yml names them, from its own folder. */
  readonly keyFile: string;
  readonly secretFile: string | undefined;
}

/** What to do with the App that was made. No secret is on the page. */
export function appDone({ forge, github, id, install, keyFile, secretFile }: AppDone): string {
  const lines = [
    'forges:',
    `  ${forge}:`,
    '    type: github',
    `    url: ${github}`,
    `    appId: ${id}`,
    `    privateKey: "\${file:${keyFile}}"`,
    ...(secretFile === undefined ? [] : [`    webhookSecret: "\${file:${secretFile}}"`]),
  ].join('\n');
  const body = html`<h1>The GitHub App is made</h1>
<ol>
<li>Write into app.yml, and keep the files safe, as nobody else has the key:<pre>${lines}</pre></li>
<li><a href="${install}">Install the App</a> where the environments and apps are.</li>
<li>Start Lockkeeper again.</li>
</ol>`;
  return layout('GitHub App', [], body);
}

export const appProblem = (text: string): string =>
  layout(
    'GitHub App',
    [],
    html`<h1>The GitHub App is not made</h1>
<p>${text}</p>`,
  );
