import { actUrl, environmentUrl } from '../parts/links.ts';
import { problemPage } from '../parts/problem.ts';
import type { Button, Pressed, Room } from '../room.ts';
import { goTo, page } from '../site.ts';
import { readChoice } from './forms.ts';
import { actionStyle } from './style.ts';

/** What buttons reach the world through: each puts a job into the queue. */
export interface ActionPorts {
  /** Whether there is such an environment. */
  has(environment: string): Promise<boolean>;
  /** Undefined: every one. */
  scan(environment: string | undefined): Promise<void>;
  propose(wanted: WantedVersion): Promise<void>;
  rollback(wanted: WantedRollback): Promise<void>;
}

interface Wanted {
  readonly environment: string;
  readonly app: string;
  /** As the journal names people. */
  readonly by: string;
}

export interface WantedVersion extends Wanted {
  readonly package: string;
  readonly version: string;
}

export interface WantedRollback extends Wanted {
  /** Without one, what ran before. */
  readonly to?: string;
  readonly why: string;
}

/** What people do with environments and apps, from whichever page. */
export const actionsRoom = (ports: ActionPorts): Room => ({
  pages: [],
  buttons: buttonsOf(ports).map((one) => guarded(one, ports)),
  style: actionStyle,
});

const buttonsOf = (ports: ActionPorts): readonly Button[] => [
  {
    path: '/scan',
    press: async ({ viewer }) => {
      if (!viewer.acts(undefined)) return viewer.sees(undefined) ? forbidden('every environment') : undefined;
      await ports.scan(undefined);
      return goTo('/');
    },
  },
  of('scan', async ({ params: { environment = '' } }) => {
    await ports.scan(environment);
    return environmentUrl(environment);
  }),
  of('propose', async (pressed) => {
    const choice = readChoice(pressed.form.get('choice') ?? '');
    const app = text(pressed, 'app', longestName);
    if (choice === undefined || app === '' || !isPlain(choice.version) || !isPlain(choice.package)) return undefined;
    const { environment, by } = whoAndWhere(pressed);
    await ports.propose({ environment, app, ...choice, by });
    return actUrl(environment, app);
  }),
  of('rollback', async (pressed) => {
    const [app, to, why] = [text(pressed, 'app', longestName), text(pressed, 'to', longestName), text(pressed, 'reason', longestReason)];
    if (app === '' || why === '') return undefined;
    const { environment, by } = whoAndWhere(pressed);
    await ports.rollback({ environment, app, ...(to !== '' && { to }), why, by });
    return actUrl(environment, app);
  }),
];

const longestName = 300;
const longestReason = 1000;

/** A button of one environment; gives the path to go on to, undefined where the form is not as the page made it. */
const of = (action: string, press: (pressed: Pressed) => Promise<string | undefined>): Button => ({
  path: `/environment/:environment/${action}`,
  press: async (pressed) => {
    const path = await press(pressed);
    return path === undefined
      ? page(
          problemPage(400, 'Something is missing', 'The form did not say what to do. Go back, fill in every field, and press again.'),
          400,
        )
      : goTo(path);
  },
});

/** Whoever does not see an environment does not learn that it is there. */
const guarded = ({ path, press }: Button, ports: Pick<ActionPorts, 'has'>): Button => ({
  path,
  press: async (pressed) => {
    const { environment } = pressed.params;
    if (environment === undefined) return press(pressed);
    if (!pressed.viewer.sees(environment) || !(await ports.has(environment))) return undefined;
    return pressed.viewer.acts(environment) ? press(pressed) : forbidden(environment);
  },
});

const forbidden = (what: string) =>
  page(
    problemPage(
      403,
      'Not for you',
      `To do this you need the right to push to the repository of ${what}. Whoever has it can do it, or give it to you.`,
    ),
    403,
  );

const isPlain = (value: string): boolean => value !== '' && value.length <= longestName && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(value);

/** One line, as the command takes it. */
const text = ({ form }: Pressed, name: string, longest: number): string =>
  (form.get(name) ?? '').replaceAll(/\s+/g, ' ').trim().slice(0, longest);

const whoAndWhere = ({ params: { environment = '' }, viewer }: Pressed) => ({ environment, by: viewer.actor });
