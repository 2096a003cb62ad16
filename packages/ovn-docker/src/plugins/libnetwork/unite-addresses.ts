import type { FixedIp } from '@ovn-docker/openstack';
import { ipVersionOf } from '../../addresses/ip-version.ts';
import { explained } from '../../clients/neutron/refusals.ts';
import { hasAutomaticAddresses } from '../../clients/neutron/subnets.ts';
import { OvnDockerError } from '../../errors.ts';
import { finish } from '../../lifecycle/finish.ts';
import { writeClaim } from '../../lifecycle/write-claim.ts';
import type { Engine } from '../../nics/engine.ts';
import { addressesOf, type Nic } from '../../nics/nic.ts';

/**
 * Makes sure that both addresses of a container are on one port. `AddressPairs` guesses which container
 * requests an IPv6 address, and a slow container may have got the address of another NIC.
 * CreateEndpoint is the first call that names both addresses: here the two NICs exchange their addresses of
 * that IP version. If the other NIC still lacks an address of its container, that container's CreateEndpoint
 * exchanges again.
 * @throws OvnDockerError `E_ADDRESS_IN_USE` when the address cannot move, because it follows from the MAC
 * address (SLAAC) or because one of the ports existed before
 */
export async function uniteAddresses(engine: Engine, nic: Nic, address: string): Promise<void> {
  const hasAddress = () => nic.port?.fixed_ips.some(({ ip_address }) => ip_address === address) ?? false;
  if (hasAddress()) return;
  const version = ipVersionOf(address);
  const own = addressesOf(nic).find((candidate) => ipVersionOf(candidate.address) === version);
  const other = own && engine.nics.withAddress(own.subnet.id, address);
  if (!other) throw new OvnDockerError('E_ADDRESS_IN_USE', `port ${nic.port?.id} does not have ${address}`);
  if (hasAutomaticAddresses(own.subnet) || nic.wants.existing || other.wants.existing) {
    const ports = `ports ${nic.port?.id} and ${other.port?.id}`;
    throw new OvnDockerError('E_ADDRESS_IN_USE', `the addresses of this container are on two ${ports}`, {
      hint: 'start the container again',
    });
  }
  // The order is the same in every call, so that two calls never wait for each other.
  const [first = nic, second = other] = [nic, other].sort((a, b) => (a.id < b.id ? -1 : 1));
  await engine.inTurn.run(first.id, () =>
    engine.inTurn.run(second.id, async () => {
      if (hasAddress()) return;
      await exchange(engine, { nic, address: own.address }, { nic: other, address });
      // If the other NIC was claimed for this address alone, Docker has none of its addresses any more, so
      // no ReleaseAddress call will finish it.
      if (other.claim?.promised.size === 0 && other.claim.endpointId === undefined) {
        await finish(engine, other);
      }
    }),
  );
}

/** A NIC and the address that it gives up. */
interface Side {
  readonly nic: Nic;
  readonly address: string;
}

async function exchange(engine: Engine, one: Side, other: Side): Promise<void> {
  const fixedIps = ({ nic }: Side) => nic.port?.fixed_ips ?? [];
  const remaining = (side: Side) => fixedIps(side).filter(({ ip_address }) => ip_address !== side.address);
  const givenUp = (side: Side) => fixedIps(side).filter(({ ip_address }) => ip_address === side.address);
  const [afterOne, afterOther] = [
    [...remaining(one), ...givenUp(other)],
    [...remaining(other), ...givenUp(one)],
  ];
  // Neutron refuses an address that another port has: the other port gives up its address first.
  await update(engine, other.nic, remaining(other));
  await update(engine, one.nic, afterOne);
  await update(engine, other.nic, afterOther);
  movePromise(one, other.nic);
  movePromise(other, one.nic);
  const vm = await engine.vm();
  for (const { nic } of [one, other]) await writeClaim(nic, vm);
}

async function update(engine: Engine, nic: Nic, fixed_ips: readonly FixedIp[]): Promise<void> {
  if (!nic.port) return;
  nic.port = await explained(engine.neutron.ports.update(nic.port.id, { fixed_ips }));
}

function movePromise({ nic, address }: Side, to: Nic): void {
  if (nic.claim?.promised.delete(address)) to.claim?.promised.add(address);
}
