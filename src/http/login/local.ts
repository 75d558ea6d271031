import { randomBytes } from 'node:crypto';
import type { Viewer } from '../../domain/site.ts';
import { onTo, plain } from '../message.ts';
import { isHandedOn, isOwnName, ownPlace } from '../origin.ts';
import type { Entrance } from './entrance.ts';
import { createJar } from './jar.ts';
import { createFormTokens, createSeal } from './seal.ts';

export interface LocalOptions {
  /** Whoever works on the machine, as that person of the local forge; undefined where nobody can have that name, or there is no local forge. */
  readonly as: (name: string) => Promise<Omit<Viewer, 'token'> | undefined>;
  /** The same as nobody in particular. */
  readonly machine: Omit<Viewer, 'token'>;
  readonly now: () => Date;
}

/** Seconds that a browser remembers which person somebody acts as. */
const remembered = 30 * 24 * 3600;

/** Who works on the machine itself needs no login: they can do all of it by the command line. */
export function localEntrance({ as, machine, now }: LocalOptions): Entrance {
  const secret = randomBytes(32).toString('base64url'); // for the life of this process
  const jar = createJar('lockkeeper-person', createSeal(secret, 'person', now), false);
  const forms = createFormTokens(secret);
  return {
    headers: {},
    origin(request) {
      if (isHandedOn(request)) return plain(403, 'A proxy has handed this on: for others than this machine the pages need server.login.');
      return isOwnName(request.headers.host)
        ? `http://${request.headers.host}`
        : plain(421, 'This server answers only to the name of this machine: localhost or 127.0.0.1.');
    },
    async visitor(request) {
      const name = (await jar.read(request))?.['name'];
      const known = (typeof name === 'string' ? await as(name) : undefined) ?? machine;
      return { viewer: { ...known, token: forms.tokenFor('') }, isOwnForm: (token) => forms.isOf('', token) };
    },
    show: () => Promise.resolve(undefined),
    async press({ path, form, request }) {
      if (path !== '/act-as') return undefined;
      const name = (form.get('name') ?? '').trim();
      const back = ownPlace(pathOf(request.headers.referer));
      if (name === '') return onTo(back, { 'set-cookie': jar.empty });
      if ((await as(name)) === undefined)
        return plain(400, 'Nobody can have that name here: letters, digits, . _ and - make one, and the local forge has to be there.');
      return onTo(back, { 'set-cookie': await jar.put({ name }, remembered) });
    },
  };
}

/** Of the page that the form was on. */
function pathOf(address = ''): string | undefined {
  const url = URL.parse(address);
  return url === null ? undefined : `${url.pathname}${url.search}`;
}
