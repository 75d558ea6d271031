import type { Viewer } from '../../domain/site.ts';
import { apiRoute, type Pressed, type Room } from '../room.ts';
import { goTo, page } from '../site.ts';
import { requestJson, requestsQuery, requestsReply } from './json.ts';
import { requestsPage } from './page.ts';
import type { RequestsSource, ShownRequest } from './source.ts';
import { chosen, readAsking, requestsUrl } from './standing.ts';
import { style } from './style.ts';

/** What is proposed, and waits for people. */
export const requestsRoom = (source: RequestsSource): Room => ({
  pages: [
    {
      path: '/requests',
      show: async ({ now, viewer, query }) => page(requestsPage(await seen(source, viewer), { viewer, now, asking: readAsking(query) })),
    },
  ],
  buttons: [{ path: '/requests/validate', press: (pressed) => judgeAgain(source, pressed) }],
  api: [
    apiRoute({
      path: '/api/v1/requests',
      summary: 'Open merge requests of every environment, with their verdicts.',
      query: requestsQuery,
      reply: requestsReply,
      read: async ({ viewer, query }) => ({ requests: chosen(await seen(source, viewer), readAsking(query)).map(requestJson) }),
    }),
  ],
  style,
});

const seen = async (source: RequestsSource, viewer: Viewer): Promise<readonly ShownRequest[]> =>
  (await source.all()).filter(({ environment }) => viewer.sees(environment));

/** To what was shown, and nowhere else. */
function backTo(shown: string): string {
  const [, query = ''] = shown.split('?');
  return requestsUrl(readAsking(new URLSearchParams(query)));
}

/** Whoever may not act there, or asks for what is not open, presses nothing. */
async function judgeAgain(source: RequestsSource, { form, viewer }: Pressed) {
  const [repository, id] = [form.get('repository'), form.get('id')];
  const found = (await seen(source, viewer)).find((one) => one.repository === repository && String(one.id) === id && one.state === 'open');
  if (found === undefined || !viewer.acts(found.environment)) return undefined;
  await source.judgeAgain(found.repository, found.id);
  return goTo(backTo(form.get('back') ?? ''));
}
