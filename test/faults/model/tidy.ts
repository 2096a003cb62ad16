import { checkInvariants } from './invariants.ts';
import type { Model } from './model.ts';
import type { World } from './world.ts';

/**
 * Ends a run: ends the outage, restarts the agent and checks that every container works. Then removes all
 * containers and foreign subports and checks that nothing is left.
 */
export async function tidy(model: Model, world: World): Promise<void> {
  if (model.outage !== undefined) await world.endOutage(model);
  await world.startAgent(model);
  for (const [name, { isRunning }] of model.containers) if (isRunning) model.unchecked.add(name);
  await checkInvariants(model, world);

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
  await checkInvariants(model, world);
}
