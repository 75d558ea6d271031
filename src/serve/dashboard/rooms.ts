import { environmentsRoom } from '../../dashboard/environments/room.ts';
import { liveRoom } from '../../dashboard/live/room.ts';
import type { Room } from '../../dashboard/room.ts';
import { fleetSource } from './environments.ts';
import type { DashboardParts } from './parts.ts';

/** Every page that is more than what repositories hold. */
export const createRooms = (parts: DashboardParts): readonly Room[] => [environmentsRoom(fleetSource(parts)), liveRoom(parts.live)];
