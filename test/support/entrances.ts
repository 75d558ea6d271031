import type { Viewer } from '../../src/domain/site.ts';
import type { Entrance } from '../../src/http/login/entrance.ts';
import { localEntrance } from '../../src/http/login/local.ts';
import { aViewer } from './site-visitor.ts';

/** For who works on the machine; `viewer.token` is what forms carry, which a test then need not read off a page. */
export function machine(viewer: Viewer = aViewer()): Entrance {
  const entrance = localEntrance({ machine: viewer, as: () => Promise.resolve(undefined), now: () => new Date() });
  return { ...entrance, visitor: () => Promise.resolve({ viewer, isOwnForm: (token) => token === viewer.token }) };
}
