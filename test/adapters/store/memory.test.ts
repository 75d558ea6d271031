import { storeContract } from '../../support/contracts/store-contract.ts';
import { memoryStore } from '../../support/memory-store.ts';

storeContract('memory', async () => memoryStore());
