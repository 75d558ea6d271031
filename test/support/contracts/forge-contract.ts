import type { ForgeFixture } from './forge-fixture.ts';
import { environmentReadingContract } from './forge-reading.ts';
import { requestsContract } from './forge-requests.ts';
import { sourceForgeContract } from './forge-source.ts';
import { reviewContract, statusContract } from './forge-verdicts.ts';
import { environmentWritingContract } from './forge-writing.ts';

/** What every forge promises, with real repositories behind it. `create` gives a forge without projects; `dispose` is called after each test. */
export function forgeContract(name: string, create: () => Promise<ForgeFixture>): void {
  describe(`${name} keeps the forge's contract`, () => {
    let fixture: ForgeFixture;
    beforeEach(async () => {
      fixture = await create();
    });
    afterEach(() => fixture.dispose());

    environmentReadingContract(() => fixture);
    environmentWritingContract(() => fixture);
    requestsContract(() => fixture);
    sourceForgeContract(() => fixture);
    statusContract(() => fixture);
    reviewContract(() => fixture);
  });
}
