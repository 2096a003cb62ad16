import { basename } from 'node:path';
import { OvnDockerError } from '../../errors.ts';
import { textFile } from '../machine/files.ts';
import { type Machine, until } from '../machine/machine.ts';
import { formatIni, type IniSection, isFalse, keyOf, lastValue, parseAssignments, parseIni } from './ini.ts';
import type { Names, NetworkManager, PersistentChange, Refusal } from './network-manager.ts';
import {
  bridgeFile,
  bridgeSections,
  fileWithoutAddresses,
  sourceNamedIn,
  uplinkFile,
  uplinkSections,
  waitFile,
  withMtu,
} from './networkd-files.ts';

const DIRECTORY = '/etc/systemd/network';
/** Where systemd-networkd looks for files; a later directory wins (systemd.network(5)). */
const DIRECTORIES = ['/usr/lib', '/lib', '/usr/local/lib', '/run', '/etc'].map(
  (at) => `${at}/systemd/network`,
);
/** systemd-networkd uses the first file that matches. netplan's begin with 10-netplan-. */
const PREFIXES = ['05-ovn-docker-', '00-ovn-docker-', '00-00-ovn-docker-'];
const WAIT_FILE = '/etc/systemd/system/systemd-networkd-wait-online.service.d/90-ovn-docker.conf';
/** Time that systemd-networkd may need to configure the bridge, in ms. */
const PATIENCE_MS = 60_000;

/** Keys that put the uplink below another interface, or others on top of it. */
const STACKED =
  /^(Bridge|Bond|VRF|BatmanAdvanced|IPoIB|VLAN|MACVLAN|MACVTAP|IPVLAN|IPVTAP|VXLAN|Tunnel|MACsec|Xfrm)$/;

/**
 * systemd-networkd, also below netplan: init's own files precede the one that configures the uplink. The
 * bridge gets a copy of that file, so DHCP, addresses, routes, rules and name servers of every kind stay as
 * they are. `netplan apply` writes only below /run and leaves them alone.
 */
export const networkd: NetworkManager = {
  plan(machine, names) {
    const { source, identity, mtu } = sourceOf(machine, names);
    if (source === undefined) return undefined;
    if (isSetUpByHand(machine, names)) return { found: describe(source), files: [], notes: [] };
    const found = describe(source);
    const text = textWithDropIns(machine, source);
    const prefix = PREFIXES.find((each) => `${each}bridge.network` < basename(source));
    if (text === undefined) return keptFiles(machine, names, source);
    if (prefix === undefined) return refuseFirst(found, source);
    const sections = parseIni(text);
    const below = withMtu(sections, mtu);
    const stacked = sections
      .filter(({ name }) => name === 'Network')
      .flatMap(({ lines }) => lines.filter(isStacked));
    if (stacked.length > 0) {
      const uplinkLines = linesOf(uplinkSections(names.uplink, below));
      const bridgeLines = linesOf(bridgeSections(names, sections, identity));
      return refuseStacked(found, stacked, names, prefix, { uplinkLines, bridgeLines });
    }
    const contents = {
      [`${prefix}uplink.network`]: uplinkFile(names.uplink, source, below),
      [`${prefix}bridge.network`]: bridgeFile(names, source, sections, identity),
    };
    const files = Object.entries(contents).map(([name, text]) =>
      machine.files.change(`${DIRECTORY}/${name}`, textFile(text)),
    );
    const isOptional = isFalse(lastValue(sections, 'Link', 'RequiredForOnline') ?? '');
    return {
      found,
      files: isOptional
        ? files
        : [...files, machine.files.change(WAIT_FILE, textFile(waitFile(names.bridge)))],
      notes: [`${names.bridge} gets a copy of ${source}, and ${names.uplink} no address`],
    };
  },

  planUnused(machine, { uplink, bridge }) {
    const { file, state } = statusOf(machine, uplink);
    if (state !== 'unmanaged' && !isOurs(file)) return undefined;
    const files = Object.entries({ uplink, bridge }).map(([role, name]) =>
      machine.files.change(
        `${DIRECTORY}/${PREFIXES[0]}${role}.network`,
        textFile(fileWithoutAddresses(name)),
      ),
    );
    return { found: 'systemd-networkd', files, notes: [`${uplink} and ${bridge} come up without addresses`] };
  },

  isActive(machine, names) {
    const { file, state } = statusOf(machine, names.bridge);
    const isRight = isOurs(file) || isSetUpByHand(machine, names);
    return isRight && (state === 'configured' || state === 'configuring');
  },

  async takeOver(machine, names) {
    await machine.run('networkctl', 'reload');
    await machine.run('networkctl', 'reconfigure', names.uplink, names.bridge);
    const isConfigured = await until(machine, PATIENCE_MS, () => {
      const { file, state } = statusOf(machine, names.bridge);
      return isOurs(file) && state === 'configured';
    });
    if (isConfigured) return;
    const message = `systemd-networkd did not configure ${names.bridge} within ${PATIENCE_MS / 1000} s`;
    throw new OvnDockerError('E_NETWORK_CHANGE', message, {
      hint: `\`networkctl status ${names.bridge}\` says why`,
    });
  },

  release: async () => undefined,

  async restored(machine, { uplink }, isChanged) {
    if (!isChanged && !isOurs(statusOf(machine, uplink).file)) return;
    await machine.run('networkctl', 'reload');
    await machine.run('networkctl', 'reconfigure', uplink);
  },
};

/** What configures the uplink, or did so before init. */
interface Source {
  /** Path of the file; undefined if there is none. */
  readonly source?: string;
  /** The IAID of its DHCP lease. */
  readonly identity: readonly string[];
  /** Its MTU, in bytes. */
  readonly mtu?: number | undefined;
}

function sourceOf(machine: Machine, { uplink }: Names): Source {
  const { file, state, index } = statusOf(machine, uplink);
  if (file === undefined || state === 'unmanaged') return { identity: [] };
  const mtu = machine.netlink.link(uplink)?.mtu;
  if (!isOurs(file)) return { source: file, identity: identityOf(machine, index), mtu };
  const text = machine.files.text(file) ?? '';
  const source = sourceNamedIn(text);
  const written = machine.files.text(file.replace(/uplink\.network$/, 'bridge.network')) ?? '';
  const iaid = lastValue(parseIni(written), 'DHCPv4', 'IAID');
  if (source === undefined) return { identity: [] };
  const former = Number(lastValue(parseIni(text), 'Link', 'MTUBytes'));
  return { source, identity: iaid ? [iaid] : [], mtu: former > 0 ? former : mtu };
}

/** What systemd-networkd says about an interface (sd_network(3) reads the same files). */
function statusOf(machine: Machine, name: string): { file?: string; state?: string; index?: number } {
  const link = machine.netlink.link(name);
  const text = link && machine.files.text(`/run/systemd/netif/links/${link.index}`);
  if (!link || text === undefined) return {};
  const values = parseAssignments(text);
  const file = values.get('NETWORK_FILE');
  const state = values.get('ADMIN_STATE');
  return { index: link.index, ...(file ? { file } : {}), ...(state ? { state } : {}) };
}

function isOurs(file: string | undefined): boolean {
  return file !== undefined && PREFIXES.some((prefix) => file.startsWith(`${DIRECTORY}/${prefix}`));
}

/**
 * The IAID of the uplink's DHCP lease. systemd-networkd derives it from the interface, so the bridge would
 * have another identity than the uplink, and a DHCP server may then assign another address.
 */
function identityOf(machine: Machine, index: number | undefined): string[] {
  const lease = parseAssignments(machine.files.text(`/run/systemd/netif/leases/${index}`) ?? '');
  // RFC 4361: type 255, then the IAID in four bytes, then the DUID.
  const [, iaid] = /^ff([0-9a-f]{8})[0-9a-f]+$/i.exec(lease.get('CLIENTID') ?? '') ?? [];
  return iaid === undefined ? [] : [String(Number.parseInt(iaid, 16))];
}

/** The file and its drop-ins in their order (systemd.network(5)); undefined if the file does not exist. */
function textWithDropIns(machine: Machine, source: string): string | undefined {
  const main = machine.files.text(source);
  if (main === undefined) return undefined;
  const paths = new Map<string, string>();
  for (const directory of DIRECTORIES) {
    const dropIns = `${directory}/${basename(source)}.d`;
    for (const name of machine.files.list(dropIns))
      if (name.endsWith('.conf')) paths.set(name, `${dropIns}/${name}`);
  }
  const names = [...paths.keys()].toSorted();
  return [main, ...names.map((name) => machine.files.text(paths.get(name) ?? '') ?? '')].join('\n');
}

/** Whether the user's own files give the bridge its addresses, and the uplink none. */
function isSetUpByHand(machine: Machine, { uplink, bridge }: Names): boolean {
  const [below, above] = [statusOf(machine, uplink).file, statusOf(machine, bridge).file];
  if (below === undefined || above === undefined || isOurs(below) || isOurs(above) || below === above)
    return false;
  const sections = parseIni(textWithDropIns(machine, below) ?? '');
  const dhcp = lastValue(sections, 'Network', 'DHCP') ?? 'no';
  const isAddressed = sections.some(({ lines }) => lines.some((line) => keyOf(line) === 'Address'));
  // The kernel does not pass a frame of the bridge's port on to the port's own addresses.
  const isUsed = machine.netlink.addresses(uplink).some(({ scope }) => scope === 'global');
  return !isAddressed && isFalse(dhcp) && !isUsed;
}

function isStacked(line: string): boolean {
  return STACKED.test(keyOf(line) ?? '');
}

/** The source has disappeared since init copied it: only the user knows what the bridge should have. */
function keptFiles({ files }: Machine, names: Names, source: string): PersistentChange {
  const present = PREFIXES.flatMap((prefix) => [`${prefix}uplink.network`, `${prefix}bridge.network`])
    .map((name) => `${DIRECTORY}/${name}`)
    .filter((path) => files.read(path));
  return {
    found: describe(source),
    files: present.map((path) => files.change(path, files.read(path))),
    notes: [`${source}, from which ${names.bridge} has its configuration, does not exist any more`],
  };
}

function describe(source: string): string {
  const isNetplan = basename(source).startsWith('10-netplan-');
  return `${isNetplan ? 'netplan with systemd-networkd' : 'systemd-networkd'} (${source})`;
}

function refuseFirst(found: string, source: string): Refusal {
  return {
    found,
    reason: `${source} precedes every file that init could write`,
    byHand: [
      `mv ${source} ${DIRECTORY}/10-${basename(source).replace(/^[0-9-]+/, '')}`,
      'networkctl reload',
      'ovn-docker init',
    ],
  };
}

function linesOf(sections: readonly IniSection[]): string[] {
  return formatIni(sections).trimEnd().split('\n');
}

function refuseStacked(
  found: string,
  stacked: readonly string[],
  names: Names,
  prefix: string,
  { uplinkLines, bridgeLines }: Readonly<Record<'uplinkLines' | 'bridgeLines', readonly string[]>>,
): Refusal {
  const { uplink, bridge } = names;
  const lines = stacked.map((line) => line.trim());
  // These names precede the uplink's file, as `prefix` does.
  const path = `${DIRECTORY}/${prefix.replace('ovn-docker-', '')}`;
  const interfaces = lines.map((line) => line.replace(/^[^=]*=\s*/, ''));
  return {
    found,
    reason: `${uplink} carries other interfaces: ${lines.join(', ')}`,
    byHand: [
      `# ${path}bridge-port.network:`,
      ...uplinkLines,
      `# ${path}bridge.network:`,
      ...bridgeLines,
      `# then, as one line; systemd-networkd makes ${interfaces.join(', ')} again, on ${bridge}:`,
      `ovn-docker init --by-hand && networkctl delete ${interfaces.join(' ')} && networkctl reload && networkctl reconfigure ${uplink} ${bridge}`,
    ],
  };
}
