import type { InventoryRow } from '../domain/fleet.ts';
import { count } from '../domain/wording.ts';
import { type Inventory, inventoryOf, inventoryRows } from '../updates/inventory.ts';
import { scan } from '../updates/scan.ts';
import { failureGroups } from '../updates/summary.ts';
import type { Context } from './context.ts';
import type { ExitCode } from './io.ts';
import type { Output } from './output.ts';
import { printFailures } from './scan-report.ts';
import { withProgress, withServices } from './work.ts';

export interface InventoryCommand {
  readonly env?: readonly string[];
  readonly json?: boolean;
}

/** `lockkeeper inventory`: what runs where; changes nothing. 3 when something outside failed. */
export async function runInventory({ env, json = false }: InventoryCommand, context: Context): Promise<ExitCode> {
  const inventory = await withServices(context, (services) =>
    withProgress(context, 'looking', async (progress) => {
      const { settings } = services;
      const ports = services.scanPorts(progress, new AbortController().signal);
      const options = { ...(env !== undefined && { only: env }), dryRun: true };
      return inventoryOf(await scan(ports, settings, options, (scanned) => inventoryRows(scanned, settings.packages, ports.store)));
    }),
  );
  if (json) context.output.json(inventory);
  else print(inventory, context.output);
  return inventory.errors.length > 0 ? 3 : 0;
}

function print({ references, errors }: Inventory, output: Output): void {
  output.table(['app', 'environment', 'version', 'newest', 'state', 'owner', 'since', 'why'], references.map(cells));
  printFailures(failureGroups(errors), output);
  const states = [...Map.groupBy(references, ({ state }) => state)].map(([state, all]) => `${all.length} ${state}`);
  output.print(`\n${count(references.length, 'reference')}${states.length === 0 ? '' : `: ${states.join(', ')}`}`);
}

const cells = ({ app, environment, version, newest, state, owner, since, reason, mergeRequest }: InventoryRow): string[] => [
  app,
  environment,
  version,
  newest ?? '?',
  state,
  owner ?? '',
  since?.slice(0, 10) ?? '',
  [reason, mergeRequest].filter((text) => text !== undefined).join(': '),
];
