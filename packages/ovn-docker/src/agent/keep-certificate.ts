import { setTimeout as delay } from 'node:timers/promises';
import type { Broker } from '../clients/broker/membership.ts';
import { renewCertificate } from '../clients/broker/renew.ts';
import { readVmCertificate, renewalOf, type VmCertificate } from '../clients/broker/vm-certificate.ts';
import { explainRefusal } from '../clients/neutron/refusals.ts';
import type { Log } from '../observe/log.ts';

/** Longest wait in milliseconds: another program may exchange the certificate, or set the clock. */
const LONGEST_MS = 3_600_000;

/** The pause after a failed renewal in milliseconds; it doubles with each further one. */
const PAUSE_MS = 10_000;

/** How often the agent looks for a certificate in place of one that cannot be renewed, in milliseconds. */
const LOOK_MS = 60_000;

/** The effects of the work; tests replace them. */
interface Means {
  read(file: string): Promise<VmCertificate>;
  renew(broker: Broker): Promise<VmCertificate>;
  now(): number;
  pause(milliseconds: number, signal: AbortSignal): Promise<void>;
}

const real: Means = {
  read: readVmCertificate,
  renew: renewCertificate,
  now: Date.now,
  pause: (milliseconds, signal) => delay(milliseconds, undefined, { signal }).catch(() => undefined),
};

/**
 * Renews the VM's certificate after two thirds of its life, until `signal` aborts. After a failure it tries
 * again with growing pauses, but several times before the certificate expires.
 */
export async function keepCertificate(
  broker: Broker,
  log: Log,
  signal: AbortSignal,
  { read, renew, now, pause }: Means = real,
): Promise<void> {
  let failures = 0;
  let complaint = '';
  const complain = (problem: string, error?: unknown) => {
    if (problem !== complaint) log.error({ ...(error ? { err: error } : {}) }, problem);
    complaint = problem;
  };

  /** @returns how long to wait, in milliseconds */
  const keep = async (): Promise<number> => {
    let certificate: VmCertificate;
    try {
      certificate = await read(broker.certificate);
    } catch (error) {
      complain('this VM has no usable certificate: join the broker again', error);
      return LOOK_MS;
    }
    const left = certificate.notAfter.getTime() - now();
    if (left <= 0) {
      complain(
        `this VM's certificate has expired at ${certificate.notAfter.toISOString()}: join the broker again`,
      );
      return LOOK_MS;
    }
    complaint = '';
    const early = renewalOf(certificate).getTime() - now();
    if (early > 0) return Math.min(early, LONGEST_MS);
    try {
      const { notAfter } = await renew(broker);
      failures = 0;
      log.info({ expires: notAfter.toISOString() }, "renewed this VM's certificate");
      // By a wrong clock, the new one may seem to be due as well.
      return LOOK_MS;
    } catch (error) {
      failures += 1;
      const expires = certificate.notAfter.toISOString();
      log.warn({ err: explainRefusal(error), expires, failures }, "cannot renew this VM's certificate yet");
      return Math.max(1000, Math.min(PAUSE_MS * 2 ** (failures - 1), left / 4, LONGEST_MS));
    }
  };

  while (!signal.aborted) {
    await pause(await keep(), signal);
  }
}
