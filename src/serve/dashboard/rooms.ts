import { accessRoom } from '../../dashboard/access/room.ts';
import { journalRoom } from '../../dashboard/journal/room.ts';
import { liveRoom } from '../../dashboard/live/room.ts';
import type { Room } from '../../dashboard/room.ts';
import { accessSource } from './access.ts';
import { journalSource } from './journal.ts';
import type { DashboardParts } from './parts.ts';

/** Every page that is more than what repositories hold. */
export const createRooms = (parts: DashboardParts): readonly Room[] => [
  liveRoom(parts.live),
  accessRoom(accessSource(parts)),
  journalRoom(journalSource(parts)),
];
