import type { Browser, BrowserContext, Page } from 'playwright-core';
import { liveRoom } from '../../../src/dashboard/live/room.ts';
import { html } from '../../../src/dashboard/parts/html.ts';
import { ago, layout } from '../../../src/dashboard/parts/layout.ts';
import { page as answer, createSite, goTo } from '../../../src/dashboard/site.ts';
import { type HttpServer, startServer } from '../../../src/http/server.ts';
import { LiveEvents } from '../../../src/serve/dashboard/live.ts';
import { startBrowser } from '../../support/browser.ts';
import { machine } from '../../support/entrances.ts';
import { describeWith } from '../../support/parts.ts';
import { freePorts } from '../../support/ports.ts';
import { aViewer } from '../../support/site-visitor.ts';

const viewer = aViewer();

/** What the page shows, and how many of them were asked for. */
const state = { jobs: 1, most: 200, asked: 0, gone: false };
const instant = (secondsFromNow: number): string => new Date(Date.now() + secondsFromNow * 1000).toISOString();
const times = { past: instant(-7300), whole: '2026-01-02T03:04:05.000Z', until: instant(4000), soon: instant(3) };

const body = () => html`<h1>Jobs</h1>
<section data-live="queue" id="queue"><p class="count">${state.jobs} jobs</p>
<details id="more"><summary>More</summary><p class="inside">inside</p></details>
<div class="scroll"><p class="wide">${'wide '.repeat(200)}</p></div>
<form method="post" action="/jobs/1"><button>retry</button></form></section>
<section data-live="search" id="search"><p class="matches">${state.jobs} matches</p><form><input name="text" aria-label="text"></form></section>
<p class="still">${state.jobs} still</p>
<p>${ago(times.past, new Date())}, <time class="whole" datetime="${times.whole}">${times.whole}</time>, <time class="day" datetime="2026-01-02">2026-01-02</time>,
<time class="until" data-until datetime="${times.until}">later</time>, <time class="soon" data-until datetime="${times.soon}">later</time></p>`;

describeWith('chromium', 'the script of the pages, in a browser', () => {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let server: HttpServer;
  let live: LiveEvents;
  let port = 0;
  const wrong: string[] = [];

  async function start(): Promise<void> {
    live = new LiveEvents({ stamp: async () => String(state.jobs), pause: 20, most: state.most });
    const site = createSite({
      rooms: [
        liveRoom(live),
        {
          pages: [
            {
              path: '/jobs',
              show: async () => {
                state.asked += 1;
                return state.gone ? goTo('/login') : answer(layout('Jobs', [], body(), { viewer, here: 'Operations' }));
              },
            },
            { path: '/login', show: async () => answer(layout('Log in', [], html`<h1>Log in</h1>`)) },
          ],
          style: '.wide { white-space: nowrap; }',
        },
      ],
      now: () => new Date(),
    });
    server = await startServer({
      host: '127.0.0.1',
      port,
      site,
      entrance: machine(viewer),
      onError: (error) => wrong.push(String(error)),
    });
  }
  const stop = async (): Promise<void> => {
    await live.stop();
    await server.close();
  };
  const text = (selector: string): Promise<string> => page.locator(selector).innerText();
  const shows = (selector: string, wanted: string | RegExp): Promise<unknown> =>
    page.locator(selector).filter({ hasText: wanted }).waitFor({ timeout: 10_000 });

  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    Object.assign(state, { jobs: 1, most: 200, asked: 0, gone: false });
    [port = 0] = await freePorts(1);
    await start();
    context = await browser.newContext({ timezoneId: 'Asia/Tokyo', locale: 'en-GB' });
    page = await context.newPage();
    page.on('pageerror', (error) => wrong.push(String(error)));
  });
  afterEach(async () => {
    await context.close();
    await stop();
    expect(wrong.splice(0)).toEqual([]);
  });
  const open = async (): Promise<void> => {
    const follows = page.waitForResponse((response) => response.url().endsWith('/events'));
    await page.goto(`${server.url}/jobs`);
    await follows;
  };

  test('what moved is put into its place; what was open, scrolled and focused stays so, and the rest of the page as it is', async () => {
    await open();
    await page.locator('summary').click();
    await page.locator('.scroll').evaluate((element) => element.scrollTo({ left: 40 }));
    await page.locator('button').focus();
    state.jobs = 2;
    await shows('.count', '2 jobs');
    expect(await page.locator('.inside').isVisible()).toBe(true);
    expect(await page.locator('.scroll').evaluate((element) => element.scrollLeft)).toBe(40);
    expect(await text(':focus')).toBe('retry');
    expect(await text('.still')).toBe('1 still');
  });

  test('what somebody is typing is not taken away; what is new comes when he leaves the field', async () => {
    await open();
    await page.locator('input').fill('');
    await page.locator('input').focus();
    state.jobs = 2;
    await shows('.count', '2 jobs');
    expect(await text('.matches')).toBe('1 matches');
    await page.locator('button').focus();
    await shows('.matches', '2 matches');
  });

  test('when the service is gone the page says so, and when it is back it follows again', async () => {
    await open();
    await stop();
    await shows('[role=status]', /^Not live: the service does not answer\. This is from \d/);
    state.jobs = 3;
    await start();
    await shows('.count', '3 jobs');
    expect(await text('[role=status]')).toBe('');
    state.jobs = 4;
    await shows('.count', '4 jobs');
  });

  test('where enough listen already, the page is asked for now and again', async () => {
    state.most = 0;
    await stop();
    await start();
    await open();
    state.jobs = 2;
    await shows('.count', '2 jobs');
    expect(await text('[role=status]')).toBe('');
  });

  test('when the login has ended, the page says so and shows no other page', async () => {
    await open();
    state.gone = true;
    state.jobs = 2;
    await shows('[role=status]', 'Not live: your login has ended, reload the page.');
    expect(await text('h1')).toBe('Jobs');
  });

  test('times are told in the reader’s zone, and what ends counts down', async () => {
    await open();
    await shows('.soon', 'over');
    expect(await text('time:not([class])')).toBe('2 hours ago');
    expect(await page.locator('time:not([class])').getAttribute('title')).toMatch(/ · \d{4}-\d\d-\d\dT/);
    expect(await text('.whole')).toMatch(/^2 Jan 2026, 12:04:05 (GMT\+9|JST)$/);
    expect(await page.locator('.whole').getAttribute('title')).toMatch(/^2 Jan 2026, 12:04:05 .* · 2026-01-02T03:04:05.000Z$/);
    expect(await text('.day')).toBe('2026-01-02');
    expect(await text('.until')).toBe('1 h 6 min');
  });

  test('a page in the background asks for nothing, and catches up', async () => {
    await open();
    await shows('.count', '1 jobs');
    const turn = (hidden: boolean) =>
      page.evaluate(`Object.defineProperty(document, 'hidden', { configurable: true, value: ${hidden} });
        document.dispatchEvent(new Event('visibilitychange'));`);
    await turn(true);
    const { asked } = state;
    state.jobs = 5;
    const other = await context.newPage();
    await other.goto(`${server.url}/jobs`);
    await other.locator('.count', { hasText: '5 jobs' }).waitFor();
    expect(await text('.count')).toBe('1 jobs');
    expect(state.asked).toBeGreaterThan(asked);
    await turn(false);
    await shows('.count', '5 jobs');
  });

  test('without a script all of it can be read', async () => {
    await context.close();
    context = await browser.newContext({ javaScriptEnabled: false });
    page = await context.newPage();
    await page.goto(`${server.url}/jobs`);
    expect(await text('.count')).toBe('1 jobs');
    expect(await text('time:not([class])')).toBe('2 hours ago');
    expect(await text('.whole')).toBe(times.whole);
  });
});
