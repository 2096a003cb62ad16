import { type CloudConfig, CloudConnection, OpenStackConnectionError } from '@ovn-docker/openstack';
import { isBrokered } from '../../clients/broker/membership.ts';
import { OvnDockerError } from '../../errors.ts';
import type { Check } from '../checklist/check.ts';
import { cloudConfigOf, type DoctorContext } from './context.ts';

/**
 * A difference that no certificate or token notices, in seconds. The API's clock is read in whole seconds.
 */
const TOLERANCE_S = 60;

/** How long the API may take: the next check waits for it, and explains why it does not answer. */
const PATIENCE_MS = 3000;

const CORRECT = '`timedatectl set-ntp true` (with chrony: `chronyc makestep`) sets it';

/**
 * Whether the VM's clock agrees with that of the API, by the header `Date` of its answer (RFC 9110 §6.6.1).
 */
export const clockCheck: Check<DoctorContext> = {
  name: 'clock',

  async run(context) {
    // The next check reports a missing credential.
    const config = await cloudConfigOf(context).catch(() => undefined);
    if (config === undefined) return skipped('no URL of Keystone or a broker is known');
    const server = isBrokered(config) ? 'the broker' : 'Keystone';
    const started = Date.now();
    const date = await dateOf(config, server);
    const now = (started + Date.now()) / 2;
    if (date === undefined) return skipped(`${server} did not tell the time`);
    const skew = Math.round((now - date) / 1000);
    const facts = [`${describe(skew)} by the clock of ${server}`];
    if (Math.abs(skew) <= TOLERANCE_S) return { facts };
    const message =
      skew > 0
        ? "the VM's clock is fast: tokens and certificates seem to expire too early"
        : "the VM's clock is slow: expired tokens seem valid, and new certificates not yet valid";
    return { facts, warnings: [{ message, hint: `${CORRECT}, if the clock of ${server} is right` }] };
  },
};

function describe(skew: number): string {
  if (Math.abs(skew) <= 1) return 'right';
  return `${Math.abs(skew)} s ${skew > 0 ? 'fast' : 'slow'}`;
}

/**
 * The API's time in milliseconds. Sends no credential; undefined if the API does not answer or has no
 * `Date`.
 */
async function dateOf(config: CloudConfig, server: string): Promise<number | undefined> {
  const limits = { connectTimeoutMs: PATIENCE_MS, timeoutMs: PATIENCE_MS, retry: { attempts: 1 } };
  await using connection = new CloudConnection({ ...config, ...limits });
  const request = { method: 'GET', url: new URL(config.authUrl), headers: {}, secrets: [] } as const;
  const answer = await connection.send(request).catch((error: unknown) => {
    refuseExpired(error, server);
    return undefined;
  });
  const date = Date.parse(answer?.headers['date'] ?? '');
  return Number.isNaN(date) ? undefined : date;
}

/**
 * @throws OvnDockerError `E_API_UNREACHABLE` if the certificate is not valid at the VM's time
 * (X509_verify_cert_error(3))
 */
function refuseExpired(error: unknown, server: string): void {
  const { code } = (error instanceof OpenStackConnectionError ? error.cause : {}) as { code?: string };
  if (code !== 'CERT_HAS_EXPIRED' && code !== 'CERT_NOT_YET_VALID') return;
  const state = code === 'CERT_HAS_EXPIRED' ? 'has expired' : 'is not yet valid';
  const message = `the certificate of ${server} ${state} at ${new Date().toISOString()}, the VM's time`;
  const hint = `compare with \`date -u\` elsewhere: if the VM's clock is wrong, ${CORRECT}; otherwise its operator must renew the certificate`;
  throw new OvnDockerError('E_API_UNREACHABLE', message, { hint, cause: error });
}

function skipped(fact: string) {
  return { facts: [fact], isSkipped: true };
}
