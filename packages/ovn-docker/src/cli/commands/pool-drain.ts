import { defineCommand } from '../command.ts';
import { flag, optionalArgument } from '../options.ts';
import { printPools } from '../output/print-pools.ts';
import { openAgent } from '../settings.ts';

/** The agent fills a drained pool again when a container needs a NIC of its network. */
export const poolDrain = defineCommand({
  name: 'pool drain',
  summary: 'delete the warm NICs of one network or of all',
  needsRoot: true,
  elsewhere: 'uses sockets',
  arguments: { network: optionalArgument('[network]') },
  options: { json: flag('--json', 'print JSON') },

  async action(settings, { network, json }) {
    await using agent = await openAgent(settings);
    process.stdout.write(printPools(await agent.drainPool(network), json));
  },
});
