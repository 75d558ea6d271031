import type { Says } from '../../builders/access.ts';
import type { AttackFixture } from '../attack-fixture.ts';
import type { Scene } from '../attack-scene.ts';

/** Something that must not open the gate. */
export interface Attack {
  readonly name: string;
  /** What the gate says against it. */
  readonly because: RegExp;
  /** Without this it cannot happen on a forge. */
  readonly needs?: keyof AttackFixture;
  readonly says?: Says | ((fixture: AttackFixture) => Says);
  /** Who approves the honest request, under the same app.yml. */
  readonly honest?: readonly string[];
  /** Gives the number of its merge request. */
  readonly attack: (scene: Scene) => Promise<number>;
  /** What the gate says after a merge past it, where that is something else; false where it cannot be merged, or means no harm then. */
  readonly merged?: RegExp | false;
}
