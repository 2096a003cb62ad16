import { holdInvariants } from './invariants.ts';
import type { Model } from './model.ts';
import type { World } from './world.ts';

/**
 * The end of a run: nothing is away any more, and every container works that there is. Then all goes, and
 * nothing of it is left.
 */
export async function tidy(model: Model, world: World): Promise<void> {
  if (model.outage !== undefined) await world.endOutage(model);
  await world.startAgent(model);
  for (const [name, { isRunning }] of model.containers) if (isRunning) model.unseen.add(name);
  await holdInvariants(model, world);

  const { scene } = world;
  for (const name of model.containers.keys()) await scene.a.docker('rm', '--force', name);
  model.containers.clear();
  if (model.foreign.size > 0) {
    await scene.changeSubports(
      'remove',
      [...model.foreign.keys()].map((port_id) => ({ port_id })),
    );
    for (const id of model.foreign.keys()) await scene.api.delete('port', id);
    model.foreign.clear();
    model.isDisturbed = true;
  }
  await holdInvariants(model, world);
}
