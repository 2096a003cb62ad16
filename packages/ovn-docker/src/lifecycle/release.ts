import { detach } from '../attach/detach.ts';
import { isUnreachable } from '../clients/neutron/refusals.ts';
import type { Engine } from '../nics/engine.ts';
import type { Nic } from '../nics/nic.ts';

/**
 * Takes NICs away for good, all in one batch. What is in this VM goes first; what cannot be done at the moment is kept in the
 * list and tried again by {@link retryReleases}, so that a container's end never waits for an API that is away. From the
 * start nobody finds the NICs any more: Neutron may give an address to the next one before all of it is gone.
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

/** NICs that a {@link drain} is at work on. */
const underWay = new WeakSet<Nic>();

/**
 * Tries again what {@link release} could not finish: all at once, and when that fails each for itself, so that one that cannot
 * be helped does not keep the others; not when nobody answers.
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

/** Returns why it could not be finished. */
async function drain(engine: Engine, nics: readonly Nic[]): Promise<unknown> {
  const vm = await engine.vm();
  for (const nic of nics) underWay.add(nic);
  try {
    await detach(nics, vm);
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
