import { createDice } from '../test/support/soak/dice.ts';
import { createSoakWorld } from '../test/support/soak/world.ts';

/** What the service works with: the first message from this process, in which the stand-ins are. */
export interface WebhookWorld {
  readonly config: string;
  readonly env: Readonly<Record<string, string>>;
  readonly url: string;
  /** `host:port` */
  readonly registry: string;
}

const [folder = '', store = '', apps = ''] = process.argv.slice(2);
const world = await createSoakWorld({
  folder,
  store,
  dice: createDice(1),
  apps: Number(apps),
  schedule: '0 * * * *',
  delay: 20,
});
process.on('disconnect', () => void world.close());
const { config, env, url, networks } = world;
process.send?.({ config, env, url, registry: networks.registry.host } satisfies WebhookWorld);
