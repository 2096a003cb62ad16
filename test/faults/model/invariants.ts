import { pluggedNics, waitFor } from '@ovn-docker/lab';
import { expect } from 'vitest';
import { booksBalance, readBooks } from '../../support/read-books.ts';
import type { TrunkScene } from '../../support/trunk-scene.ts';
import { seesItsNics } from './look-inside.ts';
import { type Model, nicsInUse } from './model.ts';
import type { World } from './world.ts';

/** Something that always holds, or whenever it can. */
interface Invariant {
  readonly name: string;
  canHold(model: Readonly<Model>): boolean;
  /** Waits, where events are under way. @throws Error when it does not hold */
  holds(model: Model, world: World): Promise<void>;
}

const isPeace = ({ agent, outage }: Readonly<Model>) => agent === 'up' && outage === undefined;

/** In this order; each may rely on those before it. */
const invariants: readonly Invariant[] = [
  { name: 'no VLAN twice', canHold: () => true, holds: noVlanTwice },
  { name: 'foreign subports are untouched', canHold: () => true, holds: foreignUntouched },
  {
    name: 'the reconciler puts right what was disturbed in one pass',
    canHold: (model) => model.isDisturbed && isPeace(model),
    holds: reconciled,
  },
  { name: 'the books balance', canHold: isPeace, holds: balanced },
  {
    name: 'NICs are in use exactly as the model says; others are gone or warm',
    canHold: ({ agent }) => agent === 'up',
    holds: inUseAsModelled,
  },
  {
    name: 'every container has exactly its NICs, and reaches a bystander by each',
    canHold: ({ agent, unseen }) => agent === 'up' && unseen.size > 0,
    holds: changedContainersWork,
  },
];

/** Checks those that can hold. An agent that comes to its crash point meanwhile is started again, and all are checked anew. */
export async function holdInvariants(model: Model, world: World): Promise<void> {
  do {
    try {
      for (const { name, canHold, holds } of invariants) {
        if (!canHold(model)) continue;
        await holds(model, world).catch((error: unknown) => {
          throw new Error(`${name}: ${(error as Error).message}`, { cause: error });
        });
      }
    } catch (error) {
      if (!world.hasCrashed() || model.crashPoint === undefined) throw error;
    }
  } while (await world.noticeCrash(model));
}

/** Neither two ports on the trunk with one VLAN, nor a container in the VM with one that is another port's on the trunk. */
async function noVlanTwice(_: Model, { scene }: World): Promise<void> {
  const plugged = await pluggedNics(scene.lab, 'vm-a');
  const holders = new Map<number, Set<string>>();
  const hold = (vlan: number, port: string) =>
    holders.set(vlan, (holders.get(vlan) ?? new Set<string>()).add(port));
  for (const [port, vlan] of await subportsOf(scene)) hold(vlan, port);
  for (const { vlan, portId } of plugged) hold(vlan ?? 0, portId);
  expect([...holders].filter(([, ports]) => ports.size > 1).map(([vlan, ports]) => [vlan, ...ports])).toEqual(
    [],
  );
}

async function foreignUntouched({ foreign }: Model, { scene }: World): Promise<void> {
  const carried = (await subportsOf(scene)).filter(([port]) => foreign.has(port));
  expect(carried.toSorted()).toEqual([...foreign].toSorted());
  const ports = await scene.api.list('port', `network_id=${scene.network.id}&name=foreign`);
  expect(ports.map(({ id }) => id).toSorted()).toEqual([...foreign.keys()].toSorted());
}

/** VLAN by port, as the trunk has them. */
async function subportsOf(scene: TrunkScene): Promise<[port: string, vlan: number][]> {
  const { sub_ports } = await scene.trunk();
  return (sub_ports as { port_id: string; segmentation_id: number }[]).map(({ port_id, segmentation_id }) => [
    port_id,
    segmentation_id,
  ]);
}

async function reconciled(model: Model, world: World): Promise<void> {
  await world.claimsAreOld();
  const first = await world.agent.collectGarbage();
  expect(first.filter(({ error }) => error !== undefined)).toEqual([]);
  expect(await world.agent.collectGarbage()).toEqual([]);
  model.isDisturbed = false;
}

async function balanced({ foreign }: Model, { scene }: World): Promise<void> {
  await booksBalance(scene.lab, 'vm-a', scene.api, { foreignVlans: [...foreign.values()] });
}

/** In the VM what was removed goes at once, also when Neutron is away. */
async function inUseAsModelled(model: Model, { scene, spared }: World): Promise<void> {
  const expected = spared + nicsInUse(model);
  let seen = '';
  const isSo = async () => {
    const { agent } = await readBooks(scene.lab, 'vm-a', scene.api);
    seen = agent.nics.map(({ state, vlan }) => `${state} ${vlan}`).join(', ');
    return agent.nics.filter(({ state }) => state === 'claimed').length === expected;
  };
  await waitFor(`${expected} NICs to be in use`, isSo, 15_000).catch(() => {
    throw new Error(`${expected} should be in use, there are: ${seen}`);
  });
}

async function changedContainersWork(model: Model, world: World): Promise<void> {
  for (const name of model.unseen) {
    const container = model.containers.get(name);
    if (container?.isRunning) await seesItsNics(container, world);
    model.unseen.delete(name);
  }
}
