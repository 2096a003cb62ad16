import { waitFor } from '@ovn-docker/lab';
import { type TaggedPort, tagsOf } from '../../support/port-tags.ts';
import type { ModelContainer, NetworkName } from './model.ts';
import { networks } from './model.ts';
import type { World } from './world.ts';

/** Prints every interface's MAC and addresses, and pings the given addresses. */
const LOOK =
  'ip -o link; ip -o -4 addr; for peer; do ping -c 1 -W 1 $peer > /dev/null && echo "reaches $peer"; done; true';

/**
 * Waits until a running container has exactly one interface for each of its networks, with the MAC and
 * addresses of one of the VM's ports on that network, and reaches the bystander's peer there.
 * @throws Error with the interfaces that the container has instead
 */
export async function expectItsNics(container: ModelContainer, world: World): Promise<void> {
  const { name } = container;
  const peers = [...container.networks].map((network) => world.peerOf(network));
  let seen: unknown;
  const isComplete = async () => {
    const { stdout, stderr } = await world.scene.a.machine.run([
      'docker',
      'exec',
      name,
      'sh',
      '-c',
      LOOK,
      'look',
      ...peers,
    ]);
    const inside = interfacesIn(stdout);
    const attached = await networksOf(inside, world);
    const reached = peers.filter((peer) => stdout.includes(`reaches ${peer}\n`));
    seen = { inside, attached, reached, stderr };
    const isExact =
      JSON.stringify(attached.toSorted()) === JSON.stringify([...container.networks].toSorted());
    return isExact && reached.length === peers.length;
  };
  await waitFor(`${name} to be on ${[...container.networks]}`, isComplete, 20_000).catch((error: Error) => {
    throw new Error(`${error.message}; last seen: ${JSON.stringify(seen)}`);
  });
}

interface Inside {
  readonly mac: string;
  readonly addresses: readonly string[];
}

/** The interfaces in the output of busybox's `ip -o`, without the loopback interface. */
function interfacesIn(output: string): Inside[] {
  const lines = output.split('\n');
  return lines.flatMap((line) => {
    const [, index, mac] = /^(\d+): (?!lo[:@ ]).*link\/ether ([\da-f:]+)/.exec(line) ?? [];
    if (index === undefined || mac === undefined) return [];
    const addresses = lines.flatMap(
      (other) => new RegExp(`^${index}: \\S+\\s+inet ([\\d.]+)/`).exec(other)?.[1] ?? [],
    );
    return [{ mac, addresses }];
  });
}

interface PortView extends TaggedPort {
  readonly mac_address: string;
  readonly fixed_ips: readonly { readonly ip_address: string }[];
}

/**
 * For each interface, the network of the VM's port with its MAC and addresses, or a complaint that there is
 * none.
 */
async function networksOf(inside: readonly Inside[], { scene }: World): Promise<string[]> {
  const ports = new Map<NetworkName, readonly PortView[]>();
  for (const network of networks) {
    const [{ id = '' } = {}] = await scene.api.list('network', `name=${network}`);
    ports.set(network, (await scene.api.list('port', `network_id=${id}`)) as unknown as PortView[]);
  }
  return inside.map(({ mac, addresses }) => {
    const matches = (port: PortView) =>
      port.mac_address === mac &&
      tagsOf(port).includes(`ovn-docker:vif=${scene.vifId}`) &&
      `${port.fixed_ips.map(({ ip_address }) => ip_address)}` === `${addresses}`;
    return (
      networks.find((network) => ports.get(network)?.some(matches)) ?? `no port with ${mac} ${addresses}`
    );
  });
}
