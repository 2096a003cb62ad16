import { formatIni, type IniSection, isTrue, keyOf, lastValue } from './ini.ts';
import type { Names } from './network-manager.ts';

const WRITTEN = '# Written by `ovn-docker init`; `ovn-docker init --undo` removes it.\n';
const SOURCE = /^# Copied from: (.*)$/m;
/** The MTU of Ethernet, in bytes, which an interface has if nothing sets another one. */
const DEFAULT_MTU = 1500;

/** The path of the file from which init has copied one of its own files; undefined if there is none. */
export function sourceNamedIn(text: string): string | undefined {
  return SOURCE.exec(text)?.[1];
}

/**
 * The sections, with the MTU that a DHCP server has assigned to the uplink: without a DHCP client, the uplink
 * would have its driver's MTU after a reboot.
 */
export function withMtu(sections: readonly IniSection[], mtu: number | undefined): readonly IniSection[] {
  const isAssigned = ['DHCPv4', 'DHCP'].some((name) => isTrue(lastValue(sections, name, 'UseMTU') ?? ''));
  if (!isAssigned || mtu === undefined || mtu === DEFAULT_MTU) return sections;
  if (lastValue(sections, 'Link', 'MTUBytes') !== undefined) return sections;
  return [...sections, { name: 'Link', lines: [`MTUBytes=${mtu}`] }];
}

/** The text of the uplink's file. */
export function uplinkFile(uplink: string, source: string, sections: readonly IniSection[]): string {
  const origin = `# The uplink is a port of the bridge, which has the addresses.\n# Copied from: ${source}\n`;
  return `${WRITTEN}${origin}${formatIni(uplinkSections(uplink, sections))}`;
}

/** The uplink gets no address, but keeps what belongs to the hardware. */
export function uplinkSections(uplink: string, sections: readonly IniSection[]): IniSection[] {
  const link = sections.filter(({ name }) => name === 'Link').flatMap(({ lines }) => lines);
  const kept = link.filter(
    (line) => !/^(RequiredForOnline|RequiredFamilyForOnline)$/.test(keyOf(line) ?? ''),
  );
  const own = withoutAddresses(
    uplink,
    kept.filter((line) => keyOf(line) !== undefined),
  );
  // Virtual functions of the hardware.
  const hardware = sections.filter(({ name }) => name === 'SR-IOV');
  return [...own, ...hardware];
}

/** The text of a file that brings an interface up, and gives it no address. */
export function fileWithoutAddresses(name: string): string {
  return `${WRITTEN}${formatIni(withoutAddresses(name))}`;
}

function withoutAddresses(name: string, link: readonly string[] = []): IniSection[] {
  return [
    { name: 'Match', lines: [`Name=${name}`] },
    { name: 'Link', lines: [...link, 'RequiredForOnline=no'] },
    {
      name: 'Network',
      lines: ['DHCP=no', 'LinkLocalAddressing=no', 'IPv6AcceptRA=no', 'LLDP=no', 'EmitLLDP=no'],
    },
  ];
}

/** The text of the bridge's file. */
export function bridgeFile(
  names: Names,
  source: string,
  sections: readonly IniSection[],
  identity: readonly string[],
): string {
  const text = formatIni(bridgeSections(names, sections, identity));
  return `${WRITTEN}# Copied from: ${source}\n# After you change that, run \`ovn-docker init\` again.\n${text}`;
}

/** The bridge gets all that the uplink's source says, and the uplink's DHCP identity. */
export function bridgeSections(
  { uplink, bridge }: Names,
  sections: readonly IniSection[],
  identity: readonly string[],
): IniSection[] {
  const copied = sections
    .filter(({ name }) => name !== 'Match' && name !== 'SR-IOV')
    .map(({ name, lines }) => ({
      name,
      // The bridge has the uplink's MAC address by Open vSwitch already.
      lines: (name === 'Link' ? lines.filter((line) => keyOf(line) !== 'MACAddress') : lines).map((line) =>
        // A rule for packets that come in through the uplink, or a program of this VM sends through it.
        /^(Incoming|Outgoing)Interface$/.test(keyOf(line) ?? '')
          ? line.replace(/=.*/, (value) => (value.slice(1).trim() === uplink ? `=${bridge}` : value))
          : line,
      ),
    }));
  const iaid = identity.map((id) => `IAID=${id}`);
  const hasOwn = ['DHCPv4', 'DHCP'].some((name) => lastValue(sections, name, 'IAID') !== undefined);
  return [
    { name: 'Match', lines: [`Name=${bridge}`] },
    { name: 'Link', lines: ['RequiredForOnline=yes'] },
    ...copied,
    ...(iaid.length === 0 || hasOwn ? [] : [{ name: 'DHCPv4', lines: iaid }]),
  ];
}

/**
 * The text of a drop-in. netplan ≥ 1.0 has the service wait for an address of the uplink: the boot would take
 * two minutes.
 */
export function waitFile(bridge: string): string {
  return `${WRITTEN}[Service]\nExecStart=\nExecStart=/lib/systemd/systemd-networkd-wait-online --interface=${bridge}\n`;
}
