import { accessRoom } from '../../dashboard/access/room.ts';
import { actionsRoom } from '../../dashboard/actions/room.ts';
import { appRoom } from '../../dashboard/app/room.ts';
import { environmentRoom } from '../../dashboard/environment/room.ts';
import { environmentsRoom } from '../../dashboard/environments/room.ts';
import { journalRoom } from '../../dashboard/journal/room.ts';
import { liveRoom } from '../../dashboard/live/room.ts';
import { operationsRoom } from '../../dashboard/operations/room.ts';
import { createRepositories, repositoriesRoom } from '../../dashboard/repositories/repositories.ts';
import { requestsRoom } from '../../dashboard/requests/room.ts';
import type { Room } from '../../dashboard/room.ts';
import type { Rest } from '../../dashboard/site.ts';
import { accessSource } from './access.ts';
import { createActions } from './actions.ts';
import { createAppSource } from './app.ts';
import { createEnvironmentSource } from './environment.ts';
import { fleetSource } from './environments.ts';
import { journalSource } from './journal.ts';
import { localDesk } from './local-desk.ts';
import { operationsSource } from './operations/source.ts';
import type { DashboardParts } from './parts.ts';
import { requestsSource } from './requests.ts';

interface Rooms {
  readonly rooms: readonly Room[];
  /** Undefined where app.yml has no local forge. */
  readonly rest: Rest | undefined;
}

/** Every page. */
export function createRooms(parts: DashboardParts): Rooms {
  const local = localDesk(parts);
  const requests = requestsSource(parts, local && { forge: local.desk.forge, source: local.source });
  return {
    rooms: [
      environmentsRoom(fleetSource(parts)),
      environmentRoom(createEnvironmentSource({ ...parts, now })),
      actionsRoom(createActions(parts.services, now)),
      accessRoom(accessSource(parts)),
      journalRoom(journalSource(parts)),
      liveRoom(parts.live),
      operationsRoom(operationsSource(parts)),
      appRoom(createAppSource(parts, requests)),
      requestsRoom(requests),
      accessRoom(accessSource(parts)),
      journalRoom(journalSource(parts)),
      operationsRoom(operationsSource(parts)),
      liveRoom(parts.live),
      ...(local === undefined ? [] : [repositoriesRoom(local.source, local.desk)]),
    ],
    rest: local && createRepositories(local.source, local.desk),
  };
}

const now = (): Date => new Date();
