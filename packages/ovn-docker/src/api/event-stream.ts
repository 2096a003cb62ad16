import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { PROBE_CHANNEL, type ProbeEvent } from '../observe/probe-events.ts';
import { STAGE_CHANNEL, type StageEvent } from '../observe/stage-events.ts';
import { WARNING_CHANNEL, type WarningEvent } from '../observe/warnings.ts';
import type { EventView, StageView } from './types.ts';

/** The number of lines that may wait for a slow reader. */
const MAX_WAITING = 10_000;

/**
 * Streams warnings, results of probes and the events of all stages from now on, one JSON object per line,
 * until the reader cancels.
 * @param closing ends the stream: an open stream would keep this agent alive and the next agent waiting
 */
export function eventStream(closing?: AbortSignal): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let onStage: (message: unknown) => void = () => undefined;
  let onWarning: (message: unknown) => void = () => undefined;
  let onProbe: (message: unknown) => void = () => undefined;
  let close = () => {};
  const stop = () => {
    unsubscribe(STAGE_CHANNEL, onStage);
    unsubscribe(WARNING_CHANNEL, onWarning);
    unsubscribe(PROBE_CHANNEL, onProbe);
    closing?.removeEventListener('abort', close);
  };
  return new ReadableStream({
    start(controller) {
      close = () => {
        stop();
        controller.close();
      };
      const write = (event: EventView) => {
        // A reader that does not read must not fill the agent's memory: drop the line.
        if ((controller.desiredSize ?? 0) < -MAX_WAITING) return;
        controller.enqueue(encoder.encode(`${JSON.stringify(event)}\n`));
      };
      onStage = (message) => write(viewStage(message as StageEvent));
      onWarning = (message) => write({ time: now(), ...(message as WarningEvent) });
      onProbe = (message) => write({ time: now(), ...(message as ProbeEvent) });
      subscribe(STAGE_CHANNEL, onStage);
      subscribe(PROBE_CHANNEL, onProbe);
      subscribe(WARNING_CHANNEL, onWarning);
      if (closing?.aborted) close();
      closing?.addEventListener('abort', close);
    },
    cancel: stop,
  });
}

function now(): string {
  return new Date().toISOString();
}

function viewStage({ stage, direction, moment, hasWork, nics, milliseconds }: StageEvent): StageView {
  return {
    time: now(),
    stage,
    direction,
    moment,
    hasWork,
    milliseconds: Math.round(milliseconds * 1000) / 1000,
    nics: nics.map(({ id, vlan, port }) => ({
      id,
      ...(vlan === undefined ? {} : { vlan }),
      ...(port ? { port: port.id } : {}),
    })),
  };
}
