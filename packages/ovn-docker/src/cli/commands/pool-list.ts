import { AgentClient } from '../../api/client.ts';
import { defineCommand } from '../command.ts';
import { flag } from '../options.ts';
import { printPools } from '../output/print-pools.ts';

export const poolList = defineCommand({
  name: 'pool list',
  summary: 'show the warm NICs of each network',
  needsRoot: true,
  options: { json: flag('--json', 'print JSON') },

  async action({ config }, { json }) {
    await using agent = new AgentClient(config.socket);
    process.stdout.write(printPools(await agent.pools(), json));
  },
});
