import { basename, dirname } from 'node:path';
import { type FileChange, textFile } from '../machine/files.ts';
import type { Machine } from '../machine/machine.ts';
import { stopCloudInit } from './cloud-init.ts';
import {
  aliasesOf,
  configures,
  globOf,
  methodsOf,
  parseStanzas,
  renameInterface,
  startsAtBoot,
  UnclearLine,
} from './interfaces-file.ts';
import type { Names, NetworkManager, Refusal } from './network-manager.ts';

const MAIN = '/etc/network/interfaces';
const NOTE = 'Written by `ovn-docker init`; `ovn-docker init --undo` restores this file.';

/**
 * ifupdown (interfaces(5)), which has no precedence of files: init renames the uplink's stanzas to the
 * bridge. Debian's openvswitch-switch starts before networking.service, so the bridge exists at boot.
 */
export const ifupdown: NetworkManager = {
  plan(machine, names) {
    const { uplink, bridge } = names;
    const files = filesOf(machine);
    const own = files.filter(({ text }) => configures(text, uplink));
    const renamed = files.filter(({ text }) => configures(text, bridge));
    const isRenamed = renamed.length > 0 && own.every(({ text }) => methodsOf(text, uplink).every(isManual));
    const [first] = isRenamed ? renamed : own;
    if (first === undefined) return undefined;
    const found = `ifupdown (${(isRenamed ? renamed : own).map(({ path }) => path).join(', ')})`;
    if (isRenamed) return { found, files: [], notes: [] };
    if (renamed.length > 0) {
      return refuse(
        found,
        `${bridge} has a stanza already, and ${uplink} still has its own addresses`,
        names,
        own,
      );
    }
    try {
      const now = files.map((file) => ({ ...file, now: renameInterface(file.text, uplink, bridge) }));
      // A pattern such as `auto /eth*` started the uplink, or another program did.
      const isStarted = now.some(({ now }) => startsAtBoot(now, bridge));
      const changed = now.flatMap(({ path, text, now }) => {
        const start = isStarted ? '' : `auto ${bridge}\n`;
        const after =
          path === first.path
            ? `# ${NOTE}\n${start}${endWithNewline(now)}\n${manualStanza(uplink, text)}`
            : now;
        return after === text ? [] : [{ path, text, after }];
      });
      const changes = changed.map(({ path, after }) => change(machine, path, after));
      const cloudInit = changed.some(isCloudInits) ? stopCloudInit(machine) : [];
      return {
        found,
        files: [...changes, ...cloudInit],
        notes: [
          `the stanzas of ${uplink} become those of ${bridge}`,
          ...cloudInit.map(({ path }) => `${path} keeps cloud-init from writing the network's files at boot`),
        ],
      };
    } catch (error) {
      if (!(error instanceof UnclearLine)) throw error;
      return refuse(found, `init cannot tell what becomes of the line "${error.message}"`, names, own);
    }
  },

  isActive: (machine, { bridge }) => isUp(machine, bridge),

  takeOver: async (machine, { uplink, bridge }) => {
    await stopDhcp(machine, uplink);
    await upAgain(machine, bridge);
    await machine.run('ifup', '--force', uplink);
    forget(machine, (name) => name.startsWith(`${uplink}:`));
  },

  release: (machine, { bridge }) => stopDhcp(machine, bridge),

  async restored(machine, { uplink, bridge }, isChanged) {
    if (!isChanged && !isUp(machine, bridge)) return;
    // The stanza of the bridge switched it off for a port that needs no address.
    await machine
      .run('sysctl', '-qw', `net.ipv6.conf.${uplink.replaceAll('.', '/')}.disable_ipv6=0`)
      .catch(() => '');
    await upAgain(machine, uplink);
    forget(machine, (name) => name === bridge || name.startsWith(`${bridge}:`));
  },
};

/** cloud-init wrote the file, below a name of its own or as the main file, and may write it again. */
function isCloudInits({ path, text }: { path: string; text: string }): boolean {
  return path.includes('cloud-init') || /^# This file is generated from information provided by/m.test(text);
}

function isManual(method: string): boolean {
  return method.endsWith(' manual');
}

/** The main file, and those that it includes. */
function filesOf({ files }: Machine): { path: string; text: string }[] {
  const main = files.text(MAIN);
  if (main === undefined) return [];
  const included = parseStanzas(main).flatMap(({ keyword, words }) => {
    if (keyword !== 'source' && keyword !== 'source-directory') return [];
    return words.flatMap((word) => {
      const path = word.startsWith('/') ? word : `${dirname(MAIN)}/${word}`;
      const directory = keyword === 'source' ? dirname(path) : path;
      // As interfaces(5) says of source-directory.
      const isIncluded = keyword === 'source' ? globOf(basename(path)) : /^[A-Za-z0-9_-]+$/;
      return files
        .list(directory)
        .filter((name) => isIncluded.test(name))
        .map((name) => `${directory}/${name}`);
    });
  });
  return [MAIN, ...new Set(included)].flatMap((path) => {
    const text = path === MAIN ? main : files.text(path);
    return text === undefined ? [] : [{ path, text }];
  });
}

/** The uplink comes up without addresses, and without a link-local one that the bridge has, too. */
function manualStanza(uplink: string, text: string): string {
  const isStarted = parseStanzas(text).some(
    ({ keyword, words }) => (keyword === 'auto' || keyword.startsWith('allow-')) && words.includes(uplink),
  );
  return [
    ...(isStarted ? [] : [`auto ${uplink}`]),
    `iface ${uplink} inet manual`,
    '    pre-up sysctl -qw net/ipv6/conf/$IFACE/disable_ipv6=1 || true',
    '',
  ].join('\n');
}

function endWithNewline(text: string): string {
  return text.endsWith('\n') || text === '' ? text : `${text}\n`;
}

function change({ files }: Machine, path: string, text: string): FileChange {
  const before = files.read(path);
  const owner = before && 'content' in before ? before : { mode: 0o644, uid: 0, gid: 0 };
  return files.change(path, { ...owner, ...textContent(text) });
}

function textContent(text: string): { content: string } {
  const file = textFile(text);
  return { content: 'content' in file ? file.content : '' };
}

const STATE = '/run/network/ifstate';

function isUp({ files }: Machine, name: string): boolean {
  return (files.text(STATE) ?? '').split('\n').some((line) => line.startsWith(`${name}=`));
}

/** ifupdown would try to stop an interface that does not exist any more. */
function forget({ files }: Machine, isGone: (name: string) => boolean): void {
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
async function stopDhcp({ files, run }: Machine, name: string): Promise<void> {
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
async function upAgain(machine: Machine, name: string): Promise<void> {
  await stopDhcp(machine, name);
  const { netlink } = machine;
  const texts = filesOf(machine).map(({ text }) => text);
  const methods = texts.flatMap((text) => methodsOf(text, name));
  // `ip addr add` of a present address fails. But the kernel asks for no router advertisement to get back an
  // address of its own (SLAAC) while the interface stays up.
  const isFresh = (family: number) =>
    family === 4 || methods.some((method) => /^inet6 (?!auto)/.test(method));
  for (const { cidr, scope, family } of netlink.link(name) ? netlink.addresses(name) : []) {
    if (scope === 'global' && isFresh(family)) netlink.deleteAddress(name, cidr);
  }
  await machine.run('ifup', '--force', name);
  const aliases = new Set(texts.flatMap((text) => aliasesOf(text, name)));
  for (const alias of aliases)
    if (texts.some((text) => startsAtBoot(text, alias))) await machine.run('ifup', '--force', alias);
}

function refuse(
  found: string,
  reason: string,
  { uplink, bridge }: Names,
  own: readonly { path: string; text: string }[],
): Refusal {
  return {
    found,
    reason,
    byHand: [
      `# in ${own.map(({ path }) => path).join(', ')}: the stanzas of ${uplink}, with ${bridge} in its place, and`,
      `auto ${bridge}`,
      `iface ${uplink} inet manual`,
      '# then:',
      'ovn-docker init --by-hand',
    ],
  };
}
