import type { CloudConfig } from '../../src/config/cloud-config.ts';
import { Session } from '../../src/identity/session.ts';
import { placeholders, type ReplayCloud } from './replay-cloud.ts';

/** Pauses of about 1 ms, so that retries do not slow down the tests. */
export const promptRetries = { baseDelayMs: 1, maxDelayMs: 50 };

/** The configuration of the recorded user alice, with her password. */
export function aliceConfig(cloud: ReplayCloud, more: Partial<CloudConfig> = {}): CloudConfig {
  return {
    authUrl: cloud.url,
    auth: { type: 'password', username: 'alice', password: placeholders.password, project: 'alice' },
    retry: promptRetries,
    ...more,
  };
}

/** A session of alice. */
export function aliceSession(cloud: ReplayCloud, more: Partial<CloudConfig> = {}): Session {
  return new Session(aliceConfig(cloud, more));
}
