import type { AccessFixture } from './access-fixture.ts';

/** A forge with people who try what they must not. What an optional one does is absent where it cannot happen on that forge. */
export interface AttackFixture extends AccessFixture {
  /** They approve it as it is now, on the forge. */
  readonly approveBy: (path: string, name: string, id: number) => Promise<void>;
  /** They take their approval back. */
  readonly unapproveBy?: (path: string, name: string, id: number) => Promise<void>;
  /** Somebody else takes their approval away. */
  readonly dismiss?: (path: string, name: string, id: number) => Promise<void>;
  readonly requestChangesBy?: (path: string, name: string, id: number) => Promise<void>;
  /** They approve one that is merged by now. */
  readonly approveMergedBy?: (path: string, name: string, id: number) => Promise<void>;
  /** From now on they are no member of the group that `createGroup` made. */
  readonly leaveGroup?: (group: string, name: string) => void;
  /** The branch is at that commit, which it was at before. */
  readonly pushBack?: (path: string, name: string, branch: string, commit: string) => Promise<void>;
  /** Approvals carry no commit, so that their time has to prove for which one they are. */
  readonly approvalsByTime?: true;
}
