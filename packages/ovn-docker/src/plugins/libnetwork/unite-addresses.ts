import type { FixedIp } from '@ovn-docker/openstack';
import { explained } from '../../clients/neutron/refusals.ts';
import { OvnDockerError } from '../../errors.ts';
import { finish } from '../../lifecycle/finish.ts';
import { noteClaim } from '../../lifecycle/write-claim.ts';
import type { Engine } from '../../nics/engine.ts';
import { addressesOf, type Nic } from '../../nics/nic.ts';

/**
 * Makes sure that the addresses that one container was told are those of one port. Which container asks for an IPv6 address
 * is a guess (`AddressPairs`), and a container that was slow may have been given another one's: CreateEndpoint is
 * the first call that has both, so here the two ports change places. A port that gives an address away gets the other one's
 * instead: its own container says in its turn which one it was told.
 * @throws OvnDockerError `E_ADDRESS_IN_USE` when the address cannot be moved: it follows from the MAC address (SLAAC), or the
 * port was there before
 */
export async function uniteAddresses(engine: Engine, nic: Nic, address: string): Promise<void> {
  const has = () => nic.port?.fixed_ips.some(({ ip_address }) => ip_address === address) ?? false;
  if (has()) return;
  const version = address.includes(':');
  const own = addressesOf(nic).find((is) => is.address.includes(':') === version);
  const other = own && engine.nics.withAddress(own.subnet.id, address);
  if (!other) throw new OvnDockerError('E_ADDRESS_IN_USE', `port ${nic.port?.id} does not have ${address}`);
  const mode = own.subnet.ipv6_address_mode;
  if (mode === 'slaac' || mode === 'dhcpv6-stateless' || nic.wants.existing || other.wants.existing) {
    const ports = `ports ${nic.port?.id} and ${other.port?.id}`;
    throw new OvnDockerError('E_ADDRESS_IN_USE', `the addresses of this container are of two ${ports}`, {
      hint: 'start it again',
    });
  }
  // In one order everywhere, so that two of these never wait for each other.
  const [first = nic, second = other] = [nic, other].sort((a, b) => (a.id < b.id ? -1 : 1));
  await engine.inTurn.run(first.id, () =>
    engine.inTurn.run(second.id, async () => {
      if (has()) return;
      await swap(engine, { nic, gives: own.address }, { nic: other, gives: address });
      // Taken for that address alone: now nobody has been told of it, and nobody will give it back.
      if (other.claim?.promised.size === 0 && other.claim.endpointId === undefined)
        await finish(engine, other);
    }),
  );
}

interface Side {
  readonly nic: Nic;
  readonly gives: string;
}

async function swap(engine: Engine, one: Side, other: Side): Promise<void> {
  const fixedIps = ({ nic }: Side) => nic.port?.fixed_ips ?? [];
  const without = (side: Side) => fixedIps(side).filter(({ ip_address }) => ip_address !== side.gives);
  const given = (side: Side) => fixedIps(side).filter(({ ip_address }) => ip_address === side.gives);
  const [afterOne, afterOther] = [
    [...without(one), ...given(other)],
    [...without(other), ...given(one)],
  ];
  // Neutron gives no address twice: the other one lets go of its first.
  await update(engine, other.nic, without(other));
  await update(engine, one.nic, afterOne);
  await update(engine, other.nic, afterOther);
  movePromise(one, other.nic);
  movePromise(other, one.nic);
  const vm = await engine.vm();
  for (const { nic } of [one, other]) await noteClaim(nic, vm);
}

async function update(engine: Engine, nic: Nic, fixed_ips: readonly FixedIp[]): Promise<void> {
  if (!nic.port) return;
  nic.port = await explained(engine.neutron.ports.update(nic.port.id, { fixed_ips }));
}

function movePromise({ nic, gives }: Side, to: Nic): void {
  if (nic.claim?.promised.delete(gives)) to.claim?.promised.add(gives);
}
