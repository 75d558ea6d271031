import { storeContract } from '../../support/contracts/store-contract.ts';
import { MemoryStore } from '../../support/memory-store.ts';

storeContract('memory', async () => new MemoryStore());
