import type { ContainerEvent, DockerEngine } from '../clients/docker-engine.ts';
import { shortId } from '../clients/short-id.ts';
import { labelMistake } from '../config/check-labels.ts';
import type { Engine } from '../nics/engine.ts';
import { warn } from '../observe/warnings.ts';
import { streamDockerEvents } from './stream-docker-events.ts';

/**
 * Warns of a started container with a label that is almost one of ovn-docker's. The agent cannot refuse it:
 * libnetwork passes no labels to its drivers, and the container runs when Docker reports its start.
 */
export async function warnOfLabels(engine: Engine, docker: DockerEngine, signal: AbortSignal): Promise<void> {
  const nothing = async () => undefined;
  await streamDockerEvents({ engine, docker, signal }, nothing, async (event) => checkLabels(engine, event));
}

/** Docker adds attributes of its own, such as `image`, to the labels of an event. */
export function checkLabels({ log }: Pick<Engine, 'log'>, event: ContainerEvent): void {
  if (event.action !== 'start') return;
  for (const [key, value] of Object.entries(event.labels)) {
    const mistake = labelMistake(key, value);
    if (mistake !== undefined) warn(log, mistake, { container: shortId(event.containerId) });
  }
}
