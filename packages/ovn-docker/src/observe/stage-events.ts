import { channel } from 'node:diagnostics_channel';

/** The data about a NIC in a stage event. */
export interface ObservedNic {
  readonly id: string;
  readonly vlan?: number;
  readonly port?: { readonly id: string };
}

/** The start or end of a stage; listeners on {@link STAGE_CHANNEL} can follow each attach and detach. */
export interface StageEvent {
  readonly stage: string;
  readonly direction: 'up' | 'down';
  /** `failed` instead of `after` when the stage threw. */
  readonly moment: 'before' | 'after' | 'failed';
  /** Whether there was anything to do: a stage that was done before changes nothing. False at its start. */
  readonly hasWork: boolean;
  readonly nics: readonly ObservedNic[];
  /** The duration of the stage; 0 at its start. */
  readonly milliseconds: number;
}

/**
 * The name of a channel of node:diagnostics_channel, on which the metrics and the API's stage stream listen.
 */
export const STAGE_CHANNEL = 'ovn-docker:stage';

const stageEvents = channel(STAGE_CHANNEL);

/**
 * Runs one stage and publishes its start and end. Node calls the listeners synchronously, at that moment.
 * @param run resolves with whether there was anything to do
 */
export async function observeStage(
  stage: string,
  direction: StageEvent['direction'],
  nics: readonly ObservedNic[],
  run: () => Promise<boolean>,
): Promise<void> {
  const started = performance.now();
  const publish = (moment: StageEvent['moment'], hasWork: boolean) => {
    if (!stageEvents.hasSubscribers) return;
    const milliseconds = moment === 'before' ? 0 : performance.now() - started;
    stageEvents.publish({ stage, direction, moment, hasWork, nics, milliseconds } satisfies StageEvent);
  };
  publish('before', false);
  let hasWork: boolean;
  try {
    hasWork = await run();
  } catch (error) {
    publish('failed', true);
    throw error;
  }
  publish('after', hasWork);
}
