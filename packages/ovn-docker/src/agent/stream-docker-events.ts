import { setTimeout as delay } from 'node:timers/promises';
import type { ContainerEvent, DockerEngine } from '../clients/docker-engine.ts';
import type { Engine } from '../nics/engine.ts';

/** Pauses between tries to reach dockerd again, in milliseconds; the last one repeats. */
const PAUSES = [100, 500, 2000, 5000];

/** What is listened to, until `signal` aborts: events of containers with the label. */
export interface Listening {
  readonly engine: Pick<Engine, 'log'>;
  readonly docker: DockerEngine;
  readonly label: string;
  readonly signal: AbortSignal;
}

/**
 * Follows the events of containers with a label for as long as the agent works, whatever becomes of dockerd meanwhile.
 * @param onConnect called whenever a stream stands (again): what happened before it is not told
 * @param onEvent not awaited: the next container does not wait for Neutron's answer about this one
 */
export async function followEvents(
  { engine, docker, label, signal }: Listening,
  onConnect: () => Promise<void>,
  onEvent: (event: ContainerEvent) => Promise<void>,
): Promise<void> {
  for (let tries = 0; !signal.aborted; tries++) {
    try {
      for await (const event of docker.events(label, signal, onConnect)) {
        tries = 0;
        void onEvent(event);
      }
    } catch (error) {
      if (signal.aborted) return;
      engine.log.warn({ err: error }, 'lost the stream of Docker events');
    }
    await delay(PAUSES[Math.min(tries, PAUSES.length - 1)], undefined, { signal }).catch(() => undefined);
  }
}
