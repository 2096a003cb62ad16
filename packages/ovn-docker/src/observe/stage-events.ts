import { channel } from 'node:diagnostics_channel';

/** What is told of a NIC. */
export interface ObservedNic {
  readonly id: string;
  readonly vlan?: number;
  readonly port?: { readonly id: string };
}

/** One border of a stage: who listens on {@link STAGE_CHANNEL} sees each attach and detach go by. */
export interface StageEvent {
  readonly stage: string;
  readonly direction: 'up' | 'down';
  /** `failed` instead of `after` when the stage threw. */
  readonly moment: 'before' | 'after' | 'failed';
  readonly nics: readonly ObservedNic[];
  /** Of the whole stage; 0 before it. */
  readonly milliseconds: number;
}

/** Name of the channel of node:diagnostics_channel; metrics and the log listen on it. */
export const STAGE_CHANNEL = 'ovn-docker:stage';

const stageEvents = channel(STAGE_CHANNEL);

/** Runs one stage and tells who listens. Listeners are called synchronously, so they see the moment itself. */
export async function observeStage(
  stage: string,
  direction: StageEvent['direction'],
  nics: readonly ObservedNic[],
  run: () => Promise<void>,
): Promise<void> {
  const started = performance.now();
  const publish = (moment: StageEvent['moment']) => {
    if (!stageEvents.hasSubscribers) return;
    const milliseconds = moment === 'before' ? 0 : performance.now() - started;
    stageEvents.publish({ stage, direction, moment, nics, milliseconds } satisfies StageEvent);
  };
  publish('before');
  try {
    await run();
  } catch (error) {
    publish('failed');
    throw error;
  }
  publish('after');
}
