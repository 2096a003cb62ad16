import { once } from 'node:events';
import type { EventView, ProbeEventView, StageView } from '../../api/types.ts';
import { shortId } from '../../clients/short-id.ts';
import { defineCommand } from '../command.ts';
import { flag } from '../options.ts';
import { visibleLines } from '../output/visible.ts';
import { openAgent } from '../settings.ts';

/** Prints events until SIGINT. */
export const events = defineCommand({
  name: 'events',
  summary: 'show warnings, changed results of probes, and each stage of attaching and detaching',
  needsRoot: true,
  elsewhere: 'uses sockets',
  options: {
    json: flag('--json', 'print JSON lines'),
    all: flag('--all', 'also show the starts of stages, and stages that had nothing to do'),
  },

  async action(settings, { json, all }) {
    await using agent = await openAgent(settings);
    const stop = new AbortController();
    void once(process, 'SIGINT').then(() => stop.abort());
    try {
      for await (const event of agent.events(stop.signal)) {
        if (!all && isIdle(event)) continue;
        process.stdout.write(json ? `${JSON.stringify(event)}\n` : visibleLines(print(event)));
      }
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    }
  },
});

/** Whether a stage has only started, or had nothing to do. An earlier agent does not say it. */
function isIdle(event: EventView): boolean {
  return 'stage' in event && (event.moment === 'before' || event.hasWork === false);
}

function print(event: EventView): string {
  if ('stage' in event) return printStage(event);
  if ('probe' in event) return printProbe(event);
  const { time, warning, details } = event;
  const facts = Object.entries(details).map(([key, value]) => ` ${key}=${String(value)}`);
  return `${time} ! ${warning}${facts.join('')}\n`;
}

function printProbe({ time, container, network, probe, passed, error }: ProbeEventView): string {
  const outcome = passed ? 'passes' : `FAILS: ${error}`;
  return `${time} ${passed ? '✓' : '✗'} probe ${probe} of ${shortId(container)} on ${network} ${outcome}\n`;
}

function printStage({ time, stage, direction, moment, hasWork, milliseconds, nics }: StageView): string {
  const [nic] = nics;
  const subject =
    nics.length === 1 && nic ? `VLAN ${nic.vlan ?? '-'} port ${nic.port ?? '-'}` : `${nics.length} NICs`;
  const sign = direction === 'up' ? '+' : '-';
  const outcome = { before: ' begins', after: hasWork ? '' : ' nothing to do', failed: ' FAILED' }[moment];
  return `${time} ${sign} ${stage.padEnd(16)} ${milliseconds.toFixed(1).padStart(8)} ms  ${subject}${outcome}\n`;
}
