import type { CloudConfig } from '../src/config/cloud-config.ts';
import { Session } from '../src/identity/session.ts';
import { placeholders, type ReplayCloud } from './replay-cloud.ts';

/** Pauses of a ms, so that a test of retries is as fast as one without. */
export const promptRetries = { baseDelayMs: 1, maxDelayMs: 50 };

/** alice of the recordings, with her password. */
export function aliceConfig(cloud: ReplayCloud, more: Partial<CloudConfig> = {}): CloudConfig {
  return {
    authUrl: cloud.url,
    auth: { type: 'password', username: 'alice', password: placeholders.password, project: 'alice' },
    retry: promptRetries,
    ...more,
  };
}

export function aliceSession(cloud: ReplayCloud, more: Partial<CloudConfig> = {}): Session {
  return new Session(aliceConfig(cloud, more));
}
