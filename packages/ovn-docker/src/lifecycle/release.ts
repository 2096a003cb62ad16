import { detach } from '../attach/attach.ts';
import { isUnreachable } from '../clients/neutron/refusals.ts';
import type { Engine } from '../nics/engine.ts';
import type { Nic } from '../nics/nic.ts';

/**
 * Deletes NICs, all in one batch. Their parts in this VM are deleted first. What cannot be deleted now stays
 * in `engine.draining`, and {@link retryReleases} tries it again: the end of a container never waits for an
 * API that is away. Lookups stop returning the NICs at once, because Neutron may assign an address again
 * before everything is deleted.
 */
export async function release(engine: Engine, nics: Nic | readonly Nic[]): Promise<void> {
  const all = 'id' in nics ? [nics] : nics;
  for (const nic of all) {
    nic.state = 'draining';
    delete nic.claim;
    engine.nics.remove(nic);
    engine.draining.add(nic);
  }
  await drain(engine, all);
}

/** The calls of {@link drain} that are deleting a NIC now. */
const underWay = new WeakMap<Nic, Promise<unknown>>();

/**
 * Deletes what is left of a draining NIC now, or waits for the call that is doing so. Resolves also when it
 * fails.
 */
export async function completeRelease(engine: Engine, nic: Nic): Promise<void> {
  await (underWay.get(nic) ?? drain(engine, [nic]));
}

/**
 * Tries again what {@link release} could not delete: first all together, then each NIC alone, so that a NIC
 * that cannot be deleted does not block the others. Stops as soon as Neutron does not answer.
 */
export async function retryReleases(engine: Engine): Promise<void> {
  const waiting = [...engine.draining].filter((nic) => !underWay.has(nic));
  if (waiting.length === 0) return;
  const error = await drain(engine, waiting);
  if (!error || waiting.length === 1 || isUnreachable(error)) return;
  for (const nic of waiting) {
    if (engine.draining.has(nic) && isUnreachable(await drain(engine, [nic]))) return;
  }
}

/** Resolves to the error when something could not be deleted. */
async function drain(engine: Engine, nics: readonly Nic[]): Promise<unknown> {
  const draining = detachAll(engine, nics);
  for (const nic of nics) underWay.set(nic, draining);
  return draining;
}

async function detachAll(engine: Engine, nics: readonly Nic[]): Promise<unknown> {
  try {
    await detach(nics, await engine.vm());
    for (const nic of nics) engine.draining.delete(nic);
    return undefined;
  } catch (error) {
    engine.log.warn(
      { nics: nics.map(({ id }) => id), err: error },
      'release is not complete; it will be tried again',
    );
    return error;
  } finally {
    for (const nic of nics) underWay.delete(nic);
  }
}
