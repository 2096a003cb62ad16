import { defineCommand } from '../command.ts';
import { flag } from '../options.ts';
import { printPools } from '../output/print-pools.ts';
import { openAgent } from '../settings.ts';

export const poolList = defineCommand({
  name: 'pool list',
  summary: 'show the warm NICs of each network',
  needsRoot: true,
  elsewhere: 'uses sockets',
  options: { json: flag('--json', 'print JSON') },

  async action(settings, { json }) {
    await using agent = await openAgent(settings);
    process.stdout.write(printPools(await agent.pools(), json));
  },
});
