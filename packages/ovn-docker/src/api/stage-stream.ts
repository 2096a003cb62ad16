import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { STAGE_CHANNEL, type StageEvent } from '../observe/stage-events.ts';
import type { EventView } from './types.ts';

/** The number of lines that may wait for a slow reader. */
const MAX_WAITING = 10_000;

/**
 * Streams the events of all stages from now on, one JSON object per line, until the reader cancels.
 * @param closing ends the stream: an open stream would keep this agent alive and the next agent waiting
 */
export function stageStream(closing?: AbortSignal): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let onStage: (message: unknown) => void = () => undefined;
  let close = () => {};
  const stop = () => {
    unsubscribe(STAGE_CHANNEL, onStage);
    closing?.removeEventListener('abort', close);
  };
  return new ReadableStream({
    start(controller) {
      close = () => {
        stop();
        controller.close();
      };
      onStage = (message) => {
        // A reader that does not read must not fill the agent's memory: drop the line.
        if ((controller.desiredSize ?? 0) < -MAX_WAITING) return;
        controller.enqueue(encoder.encode(`${JSON.stringify(view(message as StageEvent))}\n`));
      };
      subscribe(STAGE_CHANNEL, onStage);
      if (closing?.aborted) close();
      closing?.addEventListener('abort', close);
    },
    cancel: stop,
  });
}

function view({ stage, direction, moment, nics, milliseconds }: StageEvent): EventView {
  return {
    time: new Date().toISOString(),
    stage,
    direction,
    moment,
    milliseconds: Math.round(milliseconds * 1000) / 1000,
    nics: nics.map(({ id, vlan, port }) => ({
      id,
      ...(vlan === undefined ? {} : { vlan }),
      ...(port ? { port: port.id } : {}),
    })),
  };
}
