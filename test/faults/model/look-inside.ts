import { waitFor } from '@ovn-docker/lab';
import { type MarkedPort, marksOf } from '../../support/port-marks.ts';
import type { ModelContainer, NetworkName } from './model.ts';
import { networks } from './model.ts';
import type { World } from './world.ts';

/** Prints every interface's MAC and addresses, and pings the given addresses. */
const LOOK =
  'ip -o link; ip -o -4 addr; for peer; do ping -c 1 -W 1 $peer > /dev/null && echo "reaches $peer"; done; true';

/**
 * Waits until a running container has one interface for each of its networks and no other, with MAC and address of a port of this VM's on
 * that network, and reaches the bystander there.
 * @throws Error with what is there instead
 */
export async function seesItsNics(container: ModelContainer, world: World): Promise<void> {
  const { name } = container;
  const peers = [...container.networks].map((network) => world.peerOf(network));
  let seen: unknown;
  const isSo = async () => {
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
    const found = await networksOf(inside, world);
    const reached = peers.filter((peer) => stdout.includes(`reaches ${peer}\n`));
    seen = { inside, found, reached, stderr };
    const isExact = JSON.stringify(found.toSorted()) === JSON.stringify([...container.networks].toSorted());
    return isExact && reached.length === peers.length;
  };
  await waitFor(`${name} to be on ${[...container.networks]}`, isSo, 20_000).catch((error: Error) => {
    throw new Error(`${error.message}; there is ${JSON.stringify(seen)}`);
  });
}

interface Inside {
  readonly mac: string;
  readonly addresses: readonly string[];
}

/** Interfaces but the loopback one, as busybox's `ip -o` shows them. */
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

interface PortView extends MarkedPort {
  readonly mac_address: string;
  readonly fixed_ips: readonly { readonly ip_address: string }[];
}

/** The network of each interface: that of the VM's port with its MAC and addresses, or what is wrong with it. */
async function networksOf(inside: readonly Inside[], { scene }: World): Promise<string[]> {
  const ports = new Map<NetworkName, readonly PortView[]>();
  for (const network of networks) {
    const [{ id = '' } = {}] = await scene.api.list('network', `name=${network}`);
    ports.set(network, (await scene.api.list('port', `network_id=${id}`)) as unknown as PortView[]);
  }
  return inside.map(({ mac, addresses }) => {
    const isIts = (port: PortView) =>
      port.mac_address === mac &&
      marksOf(port).includes(`ovn-docker:vif=${scene.vifId}`) &&
      `${port.fixed_ips.map(({ ip_address }) => ip_address)}` === `${addresses}`;
    return networks.find((network) => ports.get(network)?.some(isIts)) ?? `no port of ${mac} ${addresses}`;
  });
}
