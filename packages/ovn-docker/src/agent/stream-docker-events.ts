import { setTimeout as delay } from 'node:timers/promises';
import type { ContainerEvent, DockerEngine } from '../clients/docker-engine.ts';
import type { Engine } from '../nics/engine.ts';

/** Pauses between attempts to reach dockerd again, in milliseconds; the last one repeats. */
const PAUSES_MS = [100, 500, 2000];

interface Subscription {
  readonly engine: Pick<Engine, 'log'>;
  readonly docker: DockerEngine;
  /** Only events of containers with this label; all containers without it. */
  readonly label?: string;
  readonly signal: AbortSignal;
}

/**
 * Streams the events of containers until `signal` aborts. Connects again after dockerd was away.
 * @param onConnect called each time a stream opens: the stream does not report earlier events
 * @param onEvent not awaited, so that no container waits for Neutron's answer about another one
 */
export async function streamDockerEvents(
  { engine, docker, label, signal }: Subscription,
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
      const words = 'Docker sends no events; the agent tries again until it does';
      // Docker may start long after the agent.
      engine.log[tries === 0 ? 'warn' : 'debug']({ err: error }, words);
    }
    const pause = PAUSES_MS[Math.min(tries, PAUSES_MS.length - 1)];
    await delay(pause, undefined, { signal }).catch(() => undefined);
  }
}
