/** What runs in the reader's browser, sent as it stands here: times in the reader's zone, and pages that follow what happens. */

/** @type {readonly (readonly [Intl.RelativeTimeFormatUnit, number])[]} */
const units = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];
const relative = new Intl.RelativeTimeFormat('en');
const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'long' });

/** @param {number} seconds */
function ago(seconds) {
  const [unit, length] = units.find(([, size]) => seconds >= size) ?? [];
  return unit === undefined || length === undefined ? 'just now' : relative.format(-Math.floor(seconds / length), unit);
}

/** @param {number} seconds */
function left(seconds) {
  if (seconds <= 0) return 'over';
  const [days, hours, minutes] = [seconds / 86_400, (seconds % 86_400) / 3600, (seconds % 3600) / 60].map(Math.floor);
  if (days) return `${days} d ${hours} h`;
  if (hours) return `${hours} h ${minutes} min`;
  return minutes ? `${minutes} min ${Math.floor(seconds % 60)} s` : `${Math.floor(seconds)} s`;
}

/** Relative ones are kept fresh, whole ones are put into the reader's zone; what says anything else stays. */
function tellTimes() {
  for (const time of document.querySelectorAll('time[datetime*=T]')) {
    const iso = time.getAttribute('datetime') ?? '';
    const seconds = (Date.now() - Date.parse(iso)) / 1000;
    if (Number.isNaN(seconds)) continue;
    const text = time.textContent;
    if (time.hasAttribute('data-until')) write(time, left(-seconds));
    else if (/^just now$| ago$/.test(text)) write(time, ago(seconds));
    else if (/^\d{4}-\d\d-\d\dT/.test(text)) write(time, absolute.format(Date.parse(iso)));
    time.setAttribute('title', `${absolute.format(Date.parse(iso))} · ${iso}`);
  }
}

/** @param {Element} element @param {string} text */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** @param {Document} page @returns {NodeListOf<HTMLElement>} */
const movingParts = (page) => page.querySelectorAll('[data-live][id]');

/** As the server sent it, but for how long ago things were. @param {Element} part */
function signature(part) {
  const copy = /** @type {Element} */ (part.cloneNode(true));
  for (const time of copy.querySelectorAll('time')) time.textContent = '';
  return copy.outerHTML;
}

/** Somebody marks text there or fills in a form, which would be lost. @param {HTMLElement} part */
function isInUse(part) {
  const marked = getSelection();
  if (marked?.isCollapsed === false && marked.containsNode(part, true)) return true;
  /** @type {NodeListOf<HTMLInputElement | HTMLTextAreaElement>} */
  const fields = part.querySelectorAll('textarea, input:not([type=hidden])');
  const isChosen = (/** @type {HTMLSelectElement} */ { options, selectedIndex }) =>
    selectedIndex !==
    Math.max(
      [...options].findIndex((one) => one.defaultSelected),
      0,
    );
  return (
    part.querySelector('input:focus, textarea:focus, select:focus') !== null ||
    [...fields].some((field) => field.value !== field.defaultValue || ('checked' in field && field.checked !== field.defaultChecked)) ||
    [...part.querySelectorAll('select')].some(isChosen)
  );
}

/** By what makes an element the same in another copy of the page. @param {Element} part @param {string} which */
function named(part, which) {
  /** @type {Map<string, HTMLElement>} */
  const all = new Map();
  for (const one of /** @type {NodeListOf<HTMLElement>} */ (part.querySelectorAll(which))) {
    const text = one.tagName === 'DETAILS' ? one.querySelector('summary')?.textContent : one.textContent;
    let name = one.id || [one.tagName, one.getAttribute('href'), one.closest('form')?.getAttribute('action'), text].join();
    while (all.has(name)) name += '+';
    all.set(name, one);
  }
  return all;
}

/** @param {HTMLElement} part @param {HTMLElement} fresh */
function replace(part, fresh) {
  const [open, places] = [named(part, 'details'), named(part, 'a, button, summary, [tabindex]')];
  const focused = [...places.keys()].find((name) => places.get(name) === document.activeElement);
  const scrolled = [...part.querySelectorAll('.scroll')].map((one) => one.scrollLeft);
  for (const [name, one] of named(fresh, 'details')) one.toggleAttribute('open', (open.get(name) ?? one).hasAttribute('open'));
  part.replaceWith(fresh);
  for (const [at, one] of fresh.querySelectorAll('.scroll').entries()) one.scrollLeft = scrolled[at] ?? 0;
  if (focused !== undefined) named(fresh, 'a, button, summary, [tabindex]').get(focused)?.focus({ preventScroll: true });
}

/** Milliseconds between two attempts to reach the server, each twice as long; and within which all readers ask after an event. */
const [shortest, longest, spread] = [1_000, 30_000, 300];

/** Asks for the page again when the server says that something changed, and puts what is different into its place. */
function follow() {
  const known = new Map([...movingParts(document)].map((part) => [part.id, signature(part)]));
  const state = document.body.appendChild(document.createElement('p'));
  state.className = 'live-state';
  state.setAttribute('role', 'status');
  let [seen, pause, asking, again] = [Date.now(), shortest, false, false];
  /** @type {EventSource | undefined} */
  let stream;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  /** @param {Document} page */
  const show = (page) => {
    for (const part of movingParts(document)) {
      const fresh = page.getElementById(part.id);
      const text = fresh?.hasAttribute('data-live') ? signature(fresh) : undefined;
      if (fresh === null || text === undefined || known.get(part.id) === text) continue;
      if (isInUse(part)) part.addEventListener('focusout', () => void refresh(), { once: true });
      else {
        known.set(part.id, text);
        replace(part, fresh);
      }
    }
    tellTimes();
  };

  /** Gives what is wrong. */
  const ask = async () => {
    const answer = await fetch(location.href, { cache: 'no-store' });
    if (answer.redirected || [401, 403].includes(answer.status)) return 'your login has ended, reload the page';
    if (!answer.ok) return `the service answers with ${answer.status}`;
    show(new DOMParser().parseFromString(await answer.text(), 'text/html'));
    return undefined;
  };

  const refresh = async () => {
    again = true;
    if (asking) return;
    asking = true;
    while (again) {
      again = false;
      const problem = await ask().catch(() => 'the service does not answer');
      if (problem === undefined) seen = Date.now();
      write(state, problem ? `Not live: ${problem}. This is from ${new Date(seen).toLocaleTimeString()}.` : '');
    }
    asking = false;
  };

  /** @param {number} ms @param {() => unknown} then */
  const soon = (ms, then) => {
    clearTimeout(timer);
    timer = setTimeout(() => void refresh().then(then), ms);
  };

  const leave = () => {
    stream?.close();
    clearTimeout(timer);
  };

  const listen = () => {
    leave();
    if (document.hidden) return;
    stream = new EventSource('/events');
    stream.onopen = () => {
      pause = shortest;
    };
    stream.onmessage = () => soon(Math.random() * spread, () => {});
    // Gone, or it has enough listeners: then the page is asked for now and again.
    stream.onerror = () => {
      leave();
      soon(pause, listen);
      pause = Math.min(pause * 2, longest);
    };
  };

  document.addEventListener('visibilitychange', () => {
    leave();
    pause = shortest;
    if (!document.hidden) soon(0, listen);
  });
  window.addEventListener('pagehide', leave);
  listen();
}

if (movingParts(document).length > 0) follow();
tellTimes();
let ticks = 0;
setInterval(() => {
  ticks += 1;
  if (!document.hidden && (ticks % 15 === 0 || document.querySelector('time[data-until]') !== null)) tellTimes();
}, 1_000);
