import { html } from '../../src/dashboard/parts/html.ts';
import { layout } from '../../src/dashboard/parts/layout.ts';
import { aViewer } from '../support/site-visitor.ts';

const header = (viewer: ReturnType<typeof aViewer>): string => /<header.*<\/header>/s.exec(layout('x', [], html``, { viewer }))?.[0] ?? '';

test('who has logged in can log out, by a form that carries the token', () => {
  const shown = header(aViewer({ way: { kind: 'session' } }));
  expect(shown).toMatch(
    /<span>ada<\/span> <form method="post" action="\/logout"><input type="hidden" name="token" value="the-token"><button>Log out<\/button>/,
  );
});

test('who works on the machine is offered the people that app.yml names, or any other name', () => {
  const shown = header(aViewer({ name: 'root', way: { kind: 'machine', people: ['ada', '"><b>'] } }));
  expect(shown).toContain('<summary>root <span>Act as…</span></summary>');
  expect(shown).toContain('action="/act-as"');
  expect(shown).toContain('<option value="ada"></option><option value="&quot;&gt;&lt;b&gt;"></option>');
});

test('where there is nothing to change there is a name alone', () => {
  expect(header(aViewer({ name: '<b>' }))).toContain('<p class="viewer">&lt;b&gt;</p>');
});
