import type { AccessFixture } from './access-fixture.ts';
import { files, path } from './access-request.ts';
import { changesContract } from './forge-access-changes.ts';
import { mergingContract } from './forge-access-merging.ts';
import { peopleContract } from './forge-access-people.ts';
import { threadsContract } from './forge-access-threads.ts';

/** What every forge promises to the gate of access requests. `create` gives a forge without projects; `dispose` is called after each test. */
export function accessContract(name: string, create: () => Promise<AccessFixture>): void {
  describe(`${name} tells what access requests are judged by`, () => {
    let fixture: AccessFixture;
    beforeEach(async () => {
      fixture = await create();
      await fixture.createRepository(path, files);
    });
    afterEach(() => fixture.dispose());

    changesContract(() => fixture);
    peopleContract(() => fixture);
    threadsContract(() => fixture);
    mergingContract(() => fixture);
  });
}
