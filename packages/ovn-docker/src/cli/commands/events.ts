import { once } from 'node:events';
import type { EventView, StageView } from '../../api/types.ts';
import { defineCommand } from '../command.ts';
import { flag } from '../options.ts';
import { openAgent } from '../settings.ts';

/** Prints events until SIGINT. */
export const events = defineCommand({
  name: 'events',
  summary: 'show warnings, and each stage of attaching and detaching as the agent runs it',
  needsRoot: true,
  options: { json: flag('--json', 'print JSON lines') },

  async action(settings, { json }) {
    await using agent = await openAgent(settings);
    const stop = new AbortController();
    void once(process, 'SIGINT').then(() => stop.abort());
    try {
      for await (const event of agent.events(stop.signal)) {
        process.stdout.write(json ? `${JSON.stringify(event)}\n` : print(event));
      }
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    }
  },
});

function print(event: EventView): string {
  if ('stage' in event) return printStage(event);
  const { time, warning, details } = event;
  const facts = Object.entries(details).map(([key, value]) => ` ${key}=${String(value)}`);
  return `${time} ! ${warning}${facts.join('')}\n`;
}

function printStage({ time, stage, direction, moment, milliseconds, nics }: StageView): string {
  if (moment === 'before') return '';
  const [nic] = nics;
  const subject =
    nics.length === 1 && nic ? `VLAN ${nic.vlan ?? '-'} port ${nic.port ?? '-'}` : `${nics.length} NICs`;
  const sign = direction === 'up' ? '+' : '-';
  const failure = moment === 'failed' ? ' FAILED' : '';
  return `${time} ${sign} ${stage.padEnd(16)} ${milliseconds.toFixed(1).padStart(8)} ms  ${subject}${failure}\n`;
}
