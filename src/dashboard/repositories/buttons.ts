import { ConflictError, OutsideError } from '../../domain/errors.ts';
import type { LocalForgeActions } from '../../domain/local-forge.ts';
import type { MergeRequestDetails, PagesSource } from '../../domain/pages.ts';
import type { Answer } from '../../domain/site.ts';
import { html } from '../parts/html.ts';
import { layout } from '../parts/layout.ts';
import type { Button, Pressed } from '../room.ts';
import { goTo, page } from '../site.ts';
import { requestUrl } from './parts.ts';
import { personOf } from './person.ts';
import { isPath } from './route.ts';
import { mergeable } from './standing.ts';

/** What the buttons of the local forge's merge requests do. */
export interface Desk {
  /** The forge's name in app.yml. */
  readonly forge: string;
  readonly actions: LocalForgeActions;
  /** Has the merge request judged again, soon. */
  judgeAgain(path: string, id: number): Promise<void>;
  /** It is being judged, or soon will be. */
  isJudging(path: string, id: number): Promise<boolean>;
}

/** One press, by somebody who may act here. */
interface Press {
  readonly desk: Desk;
  readonly of: MergeRequestDetails;
  readonly form: URLSearchParams;
  readonly me: string;
}

/** Gives why not, in a sentence; undefined once it is done. */
type Act = (press: Press) => Promise<string | undefined>;

const done = async (work: Promise<unknown>): Promise<undefined> => void (await work);

const acts: ReadonlyMap<string, Act> = new Map<string, Act>([
  ['comment', say],
  ['approve', approve],
  ['withdraw', ({ desk, of, me }) => done(desk.actions.withdraw(of.path, of.mergeRequest.id, me))],
  ['draft', ({ desk, of, me }) => done(desk.actions.setDraft(of.path, of.mergeRequest.id, me, true))],
  ['ready', ({ desk, of, me }) => done(desk.actions.setDraft(of.path, of.mergeRequest.id, me, false))],
  ['merge', merge],
  ['close', ({ desk, of, me }) => done(desk.actions.close(of.path, of.mergeRequest.id, me))],
  ['reopen', ({ desk, of, me }) => done(desk.actions.reopen(of.path, of.mergeRequest.id, me))],
]);

async function say({ desk, of, form, me }: Press): Promise<string | undefined> {
  const text = (form.get('text') ?? '').replaceAll('\r\n', '\n').trim();
  if (text === '') return 'The comment is empty.';
  await desk.actions.say(of.path, of.mergeRequest.id, me, text);
  return undefined;
}

async function approve({ desk, of, form, me }: Press): Promise<string | undefined> {
  if (of.author === me) return 'You opened it: somebody else has to approve it.';
  const head = form.get('head') ?? '';
  if (of.mergeRequest.commit !== head) return moved;
  return done(desk.actions.approve(of.path, of.mergeRequest.id, me, head));
}

/** Judged by what is so now: the page may be old. */
async function merge({ desk, of, form, me }: Press): Promise<string | undefined> {
  const head = form.get('head') ?? '';
  if (of.mergeRequest.commit !== head) return moved;
  const may = mergeable(of);
  if (may.kind === 'never') return may.why;
  if (may.kind === 'sure' && form.get('anyway') !== 'yes') return `${may.why} Tick the box to merge it all the same.`;
  const merged = await desk.actions.merge(of.path, of.mergeRequest.id, me, head);
  return merged.outcome === 'merged' ? undefined : `It was not merged: ${merged.reason}.`;
}

const moved = 'It moved: there is a newer commit than the one that your page showed. Look at it again.';

/** Below each repository of the local forge. */
export const createButtons = (source: PagesSource, desk: Desk): readonly Button[] => [
  { path: '/:path+/merge_requests/:id/validate', press: (pressed) => pressAgain(source, desk, pressed) },
  { path: '/:path+/merge_requests/:id/:act', press: (pressed) => pressAct(source, desk, pressed) },
  { path: '/:path+/merge_requests', press: (pressed) => pressPropose(source, desk, pressed) },
];

async function pressAct(source: PagesSource, desk: Desk, pressed: Pressed): Promise<Answer | undefined> {
  const act = acts.get(pressed.params['act'] ?? '');
  const of = act && (await asked(source, pressed));
  if (act === undefined || of === undefined) return undefined;
  const back = requestUrl(of.path, of.mergeRequest.id);
  const me = actorOf(desk, pressed, of.environment);
  if (typeof me !== 'string') return refusal(403, me.why, back, pressed);
  return attempt(back, pressed, async () => {
    const why = await act({ desk, of, form: pressed.form, me });
    return why === undefined ? goTo(back) : refusal(409, why, back, pressed);
  });
}

async function pressAgain(source: PagesSource, desk: Desk, pressed: Pressed): Promise<Answer | undefined> {
  const of = await asked(source, pressed);
  if (of?.environment === undefined) return undefined;
  const back = requestUrl(of.path, of.mergeRequest.id);
  if (!pressed.viewer.acts(of.environment)) return refusal(403, mayNot, back, pressed);
  if (of.mergeRequest.state !== 'open') return refusal(409, `It is ${of.mergeRequest.state}: there is nothing to judge.`, back, pressed);
  await desk.judgeAgain(of.path, of.mergeRequest.id);
  return goTo(back);
}

/** Characters. What is longer would be in lists, merge commits and the journal for good. */
const longestLine = 255;

async function pressPropose(source: PagesSource, desk: Desk, pressed: Pressed): Promise<Answer | undefined> {
  const { params, viewer, form } = pressed;
  const { path = '' } = params;
  if (!isPath(path)) return undefined;
  const environment = await source.environmentOf(path);
  if (!viewer.sees(environment) || (await source.repository(path)) === undefined) return undefined;
  const back = `/${path}`;
  const me = actorOf(desk, pressed, environment);
  if (typeof me !== 'string') return refusal(403, me.why, back, pressed);
  const [branch = '', target = '', title = '', description = ''] = ['branch', 'target', 'title', 'description'].map((name) =>
    (form.get(name) ?? '').replaceAll('\r\n', '\n').trim(),
  );
  if (branch === '' || title === '' || target === '') return refusal(409, 'It needs a branch, a target and a title.', back, pressed);
  if ([branch, target, title].some((text) => text.length > longestLine || /\p{Cc}/u.test(text)))
    return refusal(409, `Branch, target and title are one line each, of at most ${longestLine} characters.`, back, pressed);
  return attempt(back, pressed, async () =>
    goTo(requestUrl(path, await desk.actions.propose(path, { branch, target, title, description }, me))),
  );
}

/** The merge request that a button is below; undefined for whoever may not see it. */
async function asked(source: PagesSource, { params, viewer }: Pressed): Promise<MergeRequestDetails | undefined> {
  const { path = '', id = '' } = params;
  if (!isPath(path) || !/^[1-9]\d{0,8}$/.test(id)) return undefined;
  return viewer.sees(await source.environmentOf(path)) ? source.mergeRequest(path, Number(id)) : undefined;
}

const mayNot = 'You may not change anything here: whoever may push to this repository may.';

function actorOf({ forge }: Desk, { viewer }: Pressed, environment: string | undefined): string | { readonly why: string } {
  if (!viewer.acts(environment)) return { why: mayNot };
  const person = personOf(viewer, forge);
  return 'name' in person ? person.name : person;
}

/** What the forge does not do is told to the one who asked for it. */
async function attempt(back: string, pressed: Pressed, work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    return refusal(error instanceof ConflictError ? 409 : 422, error.message, back, pressed);
  }
}

function refusal(status: number, why: string, back: string, { viewer }: Pressed): Answer {
  const body = html`<section class="problem"><p class="status">${status}</p><h1>Not done</h1><p>${why}</p><p><a href="${back}">Back to where it was</a></p></section>`;
  return page(layout('Not done', [], body, { viewer, here: 'Merge requests' }), status);
}
