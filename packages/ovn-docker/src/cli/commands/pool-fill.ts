import { InvalidArgumentError } from 'commander';
import { defineCommand } from '../command.ts';
import { argument, flag, parsedOption } from '../options.ts';
import { printPools } from '../output/print-pools.ts';
import { openAgent } from '../settings.ts';

export const poolFill = defineCommand({
  name: 'pool fill',
  summary: 'make warm NICs now, for containers to come',
  needsRoot: true,
  elsewhere: 'uses sockets',
  arguments: { network: argument('<network>') },
  options: {
    count: parsedOption(
      '--count <n>',
      'number of warm NICs to reach; default: `high` of the configuration',
      parseCount,
    ),
    json: flag('--json', 'print JSON'),
  },

  async action(settings, { network, count, json }) {
    await using agent = await openAgent(settings);
    process.stdout.write(printPools(await agent.fillPool(network, count), json));
  },
});

function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 0) return count;
  throw new InvalidArgumentError('it must be a whole number, 0 or more');
}
