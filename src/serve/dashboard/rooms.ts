import { liveRoom } from '../../dashboard/live/room.ts';
import { operationsRoom } from '../../dashboard/operations/room.ts';
import type { Room } from '../../dashboard/room.ts';
import { operationsSource } from './operations/source.ts';
import type { DashboardParts } from './parts.ts';

/** Every page that is more than what repositories hold. */
export const createRooms = (parts: DashboardParts): readonly Room[] => [liveRoom(parts.live), operationsRoom(operationsSource(parts))];
