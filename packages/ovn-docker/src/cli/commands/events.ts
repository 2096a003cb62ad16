import { once } from 'node:events';
import { AgentClient } from '../../api/client.ts';
import type { EventView } from '../../api/types.ts';
import { requireRoot, type Settings } from '../settings.ts';

/** `ovn-docker events`: each stage of attach and detach as the agent runs it, until it is interrupted. */
export async function events(settings: Settings, options: { json?: boolean }): Promise<void> {
  requireRoot('events');
  await using agent = new AgentClient(settings.config.socket);
  const stop = new AbortController();
  void once(process, 'SIGINT').then(() => stop.abort());
  try {
    for await (const event of agent.events(stop.signal)) {
      process.stdout.write(options.json ? `${JSON.stringify(event)}\n` : print(event));
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  }
}

function print({ time, stage, direction, moment, milliseconds, nics }: EventView): string {
  if (moment === 'before') return '';
  const [nic] = nics;
  const which =
    nics.length === 1 && nic ? `VLAN ${nic.vlan ?? '-'} port ${nic.port ?? '-'}` : `${nics.length} NICs`;
  const sign = direction === 'up' ? '+' : '-';
  const failed = moment === 'failed' ? ' FAILED' : '';
  return `${time} ${sign} ${stage.padEnd(16)} ${milliseconds.toFixed(1).padStart(8)} ms  ${which}${failed}\n`;
}
