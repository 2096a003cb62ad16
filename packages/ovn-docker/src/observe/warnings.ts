import { channel } from 'node:diagnostics_channel';
import type { Log } from './log.ts';

/** The channel of node:diagnostics_channel on which the API's event stream listens for warnings. */
export const WARNING_CHANNEL = 'ovn-docker:warning';

/** Something that the agent did not refuse, but that a person should know. */
export interface WarningEvent {
  /** One sentence. */
  readonly warning: string;
  /** What the sentence is about, such as a container's id; never a secret. */
  readonly details: Readonly<Record<string, unknown>>;
}

const warnings = channel(WARNING_CHANNEL);

/** Writes a warning to the log and to the streams of `ovn-docker events`. */
export function warn(log: Log, warning: string, details: WarningEvent['details'] = {}): void {
  log.warn(details, warning);
  warnings.publish({ warning, details } satisfies WarningEvent);
}
