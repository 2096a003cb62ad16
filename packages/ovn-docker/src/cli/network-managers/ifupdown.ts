import type { FileChange } from '../machine/files.ts';
import type { Machine } from '../machine/machine.ts';
import { stopCloudInit } from './cloud-init.ts';
import { forget, isUp, STATE, stopDhcp, upAgain } from './ifup.ts';
import {
  configures,
  escaped,
  methodsOf,
  parseStanzas,
  renameInterface,
  stanzasOf,
  startsAtBoot,
  UnclearLine,
} from './interfaces-file.ts';
import { filesOf, type InterfacesFile, MAIN, textContent } from './interfaces-files.ts';
import type { Names, NetworkManager, Refusal } from './network-manager.ts';

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
    const generated = own.find(({ path }) => path.startsWith('/run/'));
    if (generated) {
      const main = [{ path: MAIN, text: own.map(({ text }) => text).join('\n') }];
      return refuse(found, `another program writes ${generated.path} at each boot`, names, main);
    }
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
      const mtu = mtuToKeep(machine, uplink, own);
      // A pattern such as `auto /eth*` started the uplink, or another program did.
      const isStarted = now.some(({ now }) => startsAtBoot(now, bridge));
      const changed = now.flatMap(({ path, text, now }) => {
        const start = isStarted ? '' : `auto ${bridge}\n`;
        const after =
          path === first.path
            ? `# ${NOTE}\n${start}${endWithNewline(now)}\n${manualStanza(uplink, text, mtu)}`
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

  planUnused(machine, { uplink, bridge }) {
    const { files } = machine;
    const text = files.text(MAIN);
    if (text === undefined || files.text(STATE) === undefined) return undefined;
    const stanzas = `auto ${bridge}\niface ${bridge} inet manual\n${manualStanza(uplink, text)}`;
    return {
      found: `ifupdown (${MAIN})`,
      files: [change(machine, MAIN, `# ${NOTE}\n${endWithNewline(text)}\n${stanzas}`)],
      notes: [`${uplink} and ${bridge} come up without addresses`],
    };
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
    const isConfigured = filesOf(machine).some(({ text }) => configures(text, uplink));
    if (isConfigured) await upAgain(machine, uplink);
    forget(
      machine,
      (name) => name === bridge || (name === uplink && !isConfigured) || name.startsWith(`${bridge}:`),
    );
  },
};

/**
 * The MTU that the uplink has by its stanzas or a DHCP server, in bytes: without them, it would have its
 * driver's MTU after a reboot.
 */
function mtuToKeep({ netlink }: Machine, uplink: string, own: readonly InterfacesFile[]): number | undefined {
  const mtu = netlink.link(uplink)?.mtu;
  const isSet = own.some(({ text }) => stanzasOf(text, uplink).some((line) => /^\s*mtu\s/.test(line)));
  const isAssigned = own.some(({ text }) => methodsOf(text, uplink).includes('inet dhcp')) && mtu !== 1500;
  return isSet || isAssigned ? mtu : undefined;
}

/** cloud-init wrote the file, below a name of its own or as the main file, and may write it again. */
function isCloudInits({ path, text }: InterfacesFile): boolean {
  return path.includes('cloud-init') || /^# This file is generated from information provided by/m.test(text);
}

function isManual(method: string): boolean {
  return method.endsWith(' manual');
}

/** The uplink comes up without addresses, and without a link-local one that the bridge has, too. */
function manualStanza(uplink: string, text: string, mtu?: number): string {
  const isStarted = parseStanzas(text).some(
    ({ keyword, words }) => (keyword === 'auto' || keyword.startsWith('allow-')) && words.includes(uplink),
  );
  return [
    ...(isStarted ? [] : [`auto ${uplink}`]),
    `iface ${uplink} inet manual`,
    '    pre-up sysctl -qw net/ipv6/conf/$IFACE/disable_ipv6=1 || true',
    ...(mtu === undefined ? [] : [`    pre-up ip link set dev $IFACE mtu ${mtu} || true`]),
    '',
  ].join('\n');
}

function endWithNewline(text: string): string {
  return text.endsWith('\n') || text === '' ? text : `${text}\n`;
}

/** A change that keeps the permissions of the file. */
function change({ files }: Machine, path: string, text: string): FileChange {
  const before = files.read(path);
  const owner = before && 'content' in before ? before : { mode: 0o644, uid: 0, gid: 0 };
  return files.change(path, { ...owner, ...textContent(text) });
}

function refuse(
  found: string,
  reason: string,
  { uplink, bridge }: Names,
  own: readonly InterfacesFile[],
): Refusal {
  const stanzas = own.flatMap(({ text }) => stanzasOf(text, uplink));
  const word = new RegExp(`(?<![\\w./-])${escaped(uplink)}(?![\\w./-])`, 'g');
  return {
    found,
    reason,
    byHand: [
      `# in ${own.map(({ path }) => path).join(', ')}, in place of the stanzas of ${uplink}; where another line than`,
      `# \`iface\` names ${bridge}, decide whether ${uplink} is right:`,
      `auto ${bridge}`,
      ...stanzas.map((line) => line.replace(word, bridge)),
      ...manualStanza(uplink, '').trimEnd().split('\n'),
      '# then:',
      'ovn-docker init --by-hand',
    ],
  };
}
