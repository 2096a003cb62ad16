import type { Machine } from '../machine/machine.ts';
import { lastValue, parseIni } from './ini.ts';
import type { NetworkManager } from './network-manager.ts';

const PROFILES = '/etc/NetworkManager/system-connections';
const CONNECTIONS = ['/etc', '/run', '/usr/lib'].map((at) => `${at}/NetworkManager/system-connections`);

/**
 * NetworkManager, also below netplan. It configures a port of Open vSwitch only with its own plugin, and a
 * bridge of ovs-vswitchd only as a device of type `generic`: init refuses, and prints the lines.
 */
export const networkManager: NetworkManager = {
  plan(machine, { uplink, bridge }) {
    const state = deviceOf(machine, uplink);
    if (lastValue(state, 'device', 'managed') !== 'true') return undefined;
    const uuid = lastValue(state, 'device', 'connection-uuid');
    const file = uuid === undefined ? undefined : connectionFile(machine, uuid);
    const found = `NetworkManager (${file ?? `connection ${uuid ?? 'unknown'}`})`;
    const isSetUp =
      lastValue(parseIni((file && machine.files.text(file)) ?? ''), 'ipv4', 'method') === 'disabled' &&
      lastValue(deviceOf(machine, bridge), 'device', 'managed') === 'true';
    // The user has followed the lines below.
    if (isSetUp) return { found, files: [], notes: [] };
    const addressing = ['ipv4', 'ipv6'].flatMap((section) => addressingOf(machine, file, section));
    return {
      found,
      reason: `NetworkManager takes ${uplink} for its own, and does not know ${bridge}`,
      byHand: [
        `# ${PROFILES}/${uplink}-uplink.nmconnection (chmod 600):`,
        '[connection]',
        `id=${uplink}-uplink`,
        'type=ethernet',
        `interface-name=${uplink}`,
        'autoconnect-priority=100',
        '[ipv4]',
        'method=disabled',
        '[ipv6]',
        'method=disabled',
        `# ${PROFILES}/${bridge}.nmconnection (chmod 600):`,
        '[connection]',
        `id=${bridge}`,
        'type=generic',
        `interface-name=${bridge}`,
        ...addressing,
        '# then:',
        `ovn-docker init --by-hand && nmcli connection reload && nmcli connection up ${uplink}-uplink && nmcli connection up ${bridge}`,
      ],
    };
  },

  isActive: (machine, { bridge }) => lastValue(deviceOf(machine, bridge), 'device', 'managed') === 'true',
  takeOver: async () => undefined,
  release: async () => undefined,
  restored: async () => undefined,
};

/** What NetworkManager says about a device (NetworkManager(8), /run/NetworkManager/devices). */
function deviceOf({ files, netlink }: Machine, name: string): ReturnType<typeof parseIni> {
  const link = netlink.link(name);
  return parseIni((link && files.text(`/run/NetworkManager/devices/${link.index}`)) ?? '');
}

function connectionFile({ files }: Machine, uuid: string): string | undefined {
  const paths = CONNECTIONS.flatMap((directory) =>
    files.list(directory).map((name) => `${directory}/${name}`),
  );
  return paths.find((path) => lastValue(parseIni(files.text(path) ?? ''), 'connection', 'uuid') === uuid);
}

/** The addresses, routes and name servers of the uplink's connection; DHCP if it has no file. */
function addressingOf({ files }: Machine, file: string | undefined, section: string): string[] {
  const sections = parseIni((file && files.text(file)) ?? '').filter(({ name }) => name === section);
  const lines = sections.flatMap(({ lines }) => lines.filter((line) => line.trim() !== ''));
  return [`[${section}]`, ...(lines.length > 0 ? lines : ['method=auto'])];
}
