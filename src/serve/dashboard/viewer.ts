import { randomBytes } from 'node:crypto';
import { userInfo } from 'node:os';
import type { Viewer } from '../../domain/site.ts';

/** Whoever works on the machine itself may do there what the command line does. */
export function localViewer(): () => Promise<Viewer> {
  const { username } = userInfo();
  const viewer: Viewer = {
    name: username,
    actor: username,
    token: randomBytes(32).toString('base64url'),
    sees: () => true,
    acts: () => true,
  };
  return () => Promise.resolve(viewer);
}
