import { expect, it } from 'vitest';
import { brokerAt } from '../clients/broker/membership.ts';
import type { VmCertificate } from '../clients/broker/vm-certificate.ts';
import { OvnDockerError } from '../errors.ts';
import type { Log } from '../observe/log.ts';
import { keepCertificate } from './keep-certificate.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const valid = (from: number, until: number) =>
  ({ notBefore: new Date(from), notAfter: new Date(until) }) as VmCertificate;

/** Keeps a certificate for some time, by a clock that only the pauses move. */
async function keepFor(
  duration: number,
  { certificate, renew }: { certificate: VmCertificate | Error; renew?: (now: number) => VmCertificate },
) {
  let now = 0;
  let stored = certificate;
  const renewals: number[] = [];
  const logged: string[] = [];
  const pauses: number[] = [];
  const ending = new AbortController();
  const note = (level: string) => (_: object, text: string) => logged.push(`${level}: ${text}`);
  const log = { info: note('info'), warn: note('warn'), error: note('error') } as unknown as Log;
  await keepCertificate(brokerAt('https://broker.test:9797'), log, ending.signal, {
    now: () => now,
    read: async () => {
      if (stored instanceof Error) throw stored;
      return stored;
    },
    renew: async () => {
      renewals.push(now);
      stored = (renew ?? ((at: number) => valid(at, at + 3 * DAY)))(now);
      return stored;
    },
    pause: async (milliseconds) => {
      pauses.push(milliseconds);
      now += milliseconds;
      if (now >= duration) ending.abort();
    },
  });
  return { renewals, logged, pauses };
}

it('renews after two thirds of each life, and looks at the file every hour', async () => {
  const { renewals, pauses } = await keepFor(6 * DAY, { certificate: valid(0, 3 * DAY) });
  expect(renewals).toEqual([2 * DAY, 4 * DAY]);
  expect(Math.max(...pauses)).toBe(HOUR);
});

it('tries again with growing pauses while the broker is away, and often before the end', async () => {
  const away = () => {
    throw new OvnDockerError('E_API_UNREACHABLE', 'away');
  };
  const { renewals, logged } = await keepFor(3 * DAY, { certificate: valid(0, 3 * DAY), renew: away });
  const gaps = renewals.slice(1).map((at, index) => at - (renewals[index] ?? 0));
  expect(gaps.slice(0, 4)).toEqual([10_000, 20_000, 40_000, 80_000]);
  expect(Math.max(...gaps)).toBe(HOUR);
  expect(renewals.at(-1)).toBeGreaterThan(3 * DAY - 60_000);
  expect(logged.filter((line) => line.startsWith('warn'))).toHaveLength(renewals.length);
});

it('a broker that comes back in time renews the certificate', async () => {
  const { renewals, logged } = await keepFor(4 * DAY, {
    certificate: valid(0, 3 * DAY),
    renew: (now) => {
      if (now < 2.5 * DAY) throw new Error('away');
      return valid(now, now + 3 * DAY);
    },
  });
  expect(logged.at(-1)).toContain('info: renewed');
  expect(renewals.at(-1)).toBeLessThan(2.6 * DAY);
});

it.each([
  ['has expired', valid(-2 * DAY, -DAY), 'has expired'],
  ['is missing', new OvnDockerError('E_CERTIFICATE', 'cannot read'), 'no usable certificate'],
])('a certificate that %s is reported once, and never renewed', async (_, certificate, words) => {
  const { renewals, logged } = await keepFor(HOUR, { certificate });
  expect(renewals).toEqual([]);
  expect(logged).toEqual([expect.stringContaining(words)]);
});

it('with a clock so wrong that every certificate is due, it renews once a minute at most', async () => {
  const { renewals } = await keepFor(HOUR, {
    certificate: valid(-9 * DAY, DAY),
    renew: () => valid(-9 * DAY, DAY),
  });
  expect(renewals.length).toBeLessThanOrEqual(60);
});
