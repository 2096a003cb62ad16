import { pluggedNics, waitFor } from '@ovn-docker/lab';
import { expect } from 'vitest';
import { expectBalancedBooks, readBooks } from '../../support/read-books.ts';
import type { TrunkScene } from '../../support/trunk-scene.ts';
import { expectItsNics } from './look-inside.ts';
import { type Model, nicsInUse } from './model.ts';
import type { World } from './world.ts';

/** A condition that holds after every step in which it can hold. */
interface Invariant {
  readonly name: string;
  canHold(model: Readonly<Model>): boolean;
  /**
   * Checks the condition; waits where events may still be handled.
   * @throws Error when the condition does not hold
   */
  check(model: Model, world: World): Promise<void>;
}

const isUndisturbed = ({ agent, outage }: Readonly<Model>) => agent === 'up' && outage === undefined;

/** Checked in this order; each may rely on those before it. */
const invariants: readonly Invariant[] = [
  { name: 'no VLAN twice', canHold: () => true, check: noVlanTwice },
  { name: 'foreign subports are unchanged', canHold: () => true, check: foreignUnchanged },
  {
    name: 'after a disturbance one pass of the reconciler puts everything in order',
    canHold: (model) => model.isDisturbed && isUndisturbed(model),
    check: reconciled,
  },
  { name: 'the books balance', canHold: isUndisturbed, check: balanced },
  {
    name: 'exactly the NICs of the model are in use; all others are warm or deleted',
    canHold: ({ agent }) => agent === 'up',
    check: inUseAsModelled,
  },
  {
    name: 'every container has exactly its NICs, and reaches a bystander through each',
    canHold: ({ agent, unchecked }) => agent === 'up' && unchecked.size > 0,
    check: changedContainersWork,
  },
];

/**
 * Checks the invariants that can hold. If the agent reaches its crash point meanwhile, starts it again and
 * repeats all checks.
 */
export async function checkInvariants(model: Model, world: World): Promise<void> {
  do {
    try {
      for (const { name, canHold, check } of invariants) {
        if (!canHold(model)) continue;
        await check(model, world).catch((error: unknown) => {
          throw new Error(`${name}: ${(error as Error).message}`, { cause: error });
        });
      }
    } catch (error) {
      if (!world.hasCrashed() || model.crashPoint === undefined) throw error;
    }
  } while (await world.recoverFromCrash(model));
}

/**
 * No two ports on the trunk and no two plugged NICs have the same VLAN, and no NIC has the VLAN of another's
 * subport.
 */
async function noVlanTwice(_: Model, { scene }: World): Promise<void> {
  const plugged = await pluggedNics(scene.lab, 'vm-a');
  const holders = new Map<number, Set<string>>();
  const add = (vlan: number, port: string) =>
    holders.set(vlan, (holders.get(vlan) ?? new Set<string>()).add(port));
  for (const [port, vlan] of await subportsOf(scene)) add(vlan, port);
  for (const { vlan, portId } of plugged) add(vlan ?? 0, portId);
  expect([...holders].filter(([, ports]) => ports.size > 1).map(([vlan, ports]) => [vlan, ...ports])).toEqual(
    [],
  );
}

async function foreignUnchanged({ foreign }: Model, { scene }: World): Promise<void> {
  const carried = (await subportsOf(scene)).filter(([port]) => foreign.has(port));
  expect(carried.toSorted()).toEqual([...foreign].toSorted());
  const ports = await scene.api.list('port', `network_id=${scene.network.id}&name=foreign`);
  expect(ports.map(({ id }) => id).toSorted()).toEqual([...foreign.keys()].toSorted());
}

/** The trunk's subports: VLAN by port id. */
async function subportsOf(scene: TrunkScene): Promise<[port: string, vlan: number][]> {
  const { sub_ports } = await scene.trunk();
  return (sub_ports as { port_id: string; segmentation_id: number }[]).map(({ port_id, segmentation_id }) => [
    port_id,
    segmentation_id,
  ]);
}

async function reconciled(model: Model, world: World): Promise<void> {
  await world.waitForOldClaims();
  const first = await world.agent.collectGarbage();
  expect(first.filter(({ error }) => error !== undefined)).toEqual([]);
  expect(await world.agent.collectGarbage()).toEqual([]);
  model.isDisturbed = false;
}

async function balanced({ foreign }: Model, { scene }: World): Promise<void> {
  await expectBalancedBooks(scene.lab, 'vm-a', scene.api, { foreignVlans: [...foreign.values()] });
}

/** The agent removes a container's NIC from the VM at once, even while Neutron is down. */
async function inUseAsModelled(model: Model, { scene, bystanderNics }: World): Promise<void> {
  const expected = bystanderNics + nicsInUse(model);
  let seen = '';
  const isReached = async () => {
    const { agent } = await readBooks(scene.lab, 'vm-a', scene.api);
    seen = agent.nics.map(({ state, vlan }) => `${state} ${vlan}`).join(', ');
    return agent.nics.filter(({ state }) => state === 'claimed').length === expected;
  };
  await waitFor(`${expected} NICs to be in use`, isReached, 15_000).catch(() => {
    throw new Error(`${expected} NICs should be in use; the agent has: ${seen}`);
  });
}

async function changedContainersWork(model: Model, world: World): Promise<void> {
  for (const name of model.unchecked) {
    const container = model.containers.get(name);
    if (container?.isRunning) await expectItsNics(container, world);
    model.unchecked.delete(name);
  }
}
