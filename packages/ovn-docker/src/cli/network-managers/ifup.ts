import { isIPv6 } from 'node:net';
import type { Address } from '@ovn-docker/netlink';
import { addressToNumber } from '../../addresses/cidr.ts';
import type { Machine } from '../machine/machine.ts';
import { aliasesOf, methodsOf, stanzasOf, startsAtBoot } from './interfaces-file.ts';
import { filesOf, textContent } from './interfaces-files.ts';

/** Where ifupdown notes the interfaces that are up. */
export const STATE = '/run/network/ifstate';

/** Whether ifupdown has brought the interface up. */
export function isUp({ files }: Machine, name: string): boolean {
  return (files.text(STATE) ?? '').split('\n').some((line) => line.startsWith(`${name}=`));
}

/** ifupdown would try to stop an interface that does not exist any more. */
export function forget({ files }: Machine, isGone: (name: string) => boolean): void {
  const state = files.read(STATE);
  const text = files.text(STATE);
  if (text === undefined || !state || !('content' in state)) return;
  const kept = text.split('\n').filter((line) => !isGone(line.split('=')[0] ?? ''));
  files.write(STATE, { ...state, ...textContent(kept.join('\n')) });
}

/** The DHCP clients that ifupdown starts for both IP versions, and the files with their process ids. */
const DHCP_CLIENTS = {
  dhclient: ['dhclient.NAME', 'dhclient6.NAME'],
  dhcpcd: ['dhcpcd/NAME', 'dhcpcd/NAME-4', 'dhcpcd/NAME-6', 'dhcpcd-NAME', 'dhcpcd-NAME-4', 'dhcpcd-NAME-6'],
  udhcpc: ['udhcpc.NAME'],
} as const;

/** Ends the DHCP clients without a release: the lease belongs to the bridge now. */
export async function stopDhcp({ files, run }: Machine, name: string): Promise<void> {
  for (const [program, pidFiles] of Object.entries(DHCP_CLIENTS)) {
    for (const pidFile of pidFiles) {
      const path = `/run/${pidFile.replace('NAME', name)}.pid`;
      const pid = Number.parseInt(files.text(path) ?? '', 10);
      if (!(pid > 1)) continue;
      const command = files.text(`/proc/${pid}/cmdline`) ?? '';
      if (command.includes(program)) await run('kill', '-KILL', String(pid)).catch(() => '');
      files.write(path, undefined);
    }
  }
}

/** Has ifupdown configure the interface and its aliases from nothing. */
export async function upAgain(machine: Machine, name: string): Promise<void> {
  await stopDhcp(machine, name);
  const { netlink } = machine;
  const texts = filesOf(machine).map(({ text }) => text);
  const isStale = staleAddresses(texts, name);
  for (const address of netlink.link(name) ? netlink.addresses(name) : []) {
    if (address.scope === 'global' && isStale(address)) netlink.deleteAddress(name, address.cidr);
  }
  await machine.run('ifup', '--force', name);
  const aliases = new Set(texts.flatMap((text) => aliasesOf(text, name)));
  for (const alias of aliases)
    if (texts.some((text) => startsAtBoot(text, alias))) await machine.run('ifup', '--force', alias);
}

/**
 * Which addresses ifupdown adds itself, by options or commands: `ip addr add` of a present address fails. The
 * others stay, because the kernel asks for no router advertisement to get back an address of its own (SLAAC)
 * while the interface is up.
 */
function staleAddresses(texts: readonly string[], name: string): (address: Address) => boolean {
  const methods = new Set(texts.flatMap((text) => methodsOf(text, name)));
  const hasOnlyDhcp = methods.has('inet6 dhcp') && !methods.has('inet6 auto');
  const words = texts.flatMap((text) => stanzasOf(text, name)).flatMap((line) => line.split(/[\s/]+/));
  const named = new Set(words.filter(isIPv6).map(addressToNumber));
  return ({ family, address }) => family === 4 || hasOnlyDhcp || named.has(addressToNumber(address));
}
