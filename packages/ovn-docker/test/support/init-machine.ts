import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { type FileState, Files, isSameFile } from '../../src/cli/machine/files.ts';
import type { Machine } from '../../src/cli/machine/machine.ts';
import { lastValue, parseIni } from '../../src/cli/network-managers/ini.ts';
import {
  aliasesOf,
  configures,
  globOf,
  methodsOf,
  parseStanzas,
} from '../../src/cli/network-managers/interfaces-file.ts';
import { BridgeSetup } from '../../src/clients/vm-switch/bridge-setup.ts';
import { InitNetwork } from './init-network.ts';
import { openInitSwitch } from './init-switch.ts';
import { MAC, type NetworkFixture } from './network-fixtures.ts';

/** In memory where there is such a directory: init waits for the disk at each change. */
const directory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** The process was killed: it cannot undo anything any more. */
export class Killed extends Error {}

/** A machine with a recorded configuration, whose files are in a directory, and its network in memory. */
export interface TestMachine extends AsyncDisposable {
  /**
   * The machine as the process that runs init sees it. It dies at the change `diesAt`, counted from 1; the
   * machine refuses only the change `failsAt`.
   */
  process(options?: {
    diesAt?: number;
    failsAt?: number;
    isBooting?: boolean;
  }): Machine & { readonly changes: number };
  readonly remote: string;
  readonly network: InitNetwork;
  /** Commands that init ran. */
  readonly commands: string[];
  /** Everything that init can change. */
  state(): Promise<{ files: unknown; network: unknown; rows: unknown; unit: unknown }>;
  /** Cuts the power: only files and the database of Open vSwitch stay. */
  cutPower(): void;
  /** What happens at a boot after the programs that run first. */
  finishBoot(): void;
}

export async function openTestMachine(fixture: NetworkFixture): Promise<TestMachine> {
  const root = mkdtempSync(join(directory, 'ovn-docker-init-'));
  for (const [path, text] of Object.entries(fixture.files)) {
    mkdirSync(dirname(root + path), { recursive: true });
    writeFileSync(root + path, text);
  }
  mkdirSync(`${root}/etc/systemd/system/multi-user.target.wants`, { recursive: true });
  mkdirSync(`${root}/var/lib`, { recursive: true });
  const network = new InitNetwork();
  network.add('eth0', { mac: MAC });
  const ovs = await openInitSwitch(network);
  const commands: string[] = [];
  const unit = { enabled: false, active: false };
  const files = new Files(root);

  /** Configures an interface from nothing, as all network managers do. */
  const configure = (name: string, addressed: boolean) => {
    const link = network.link(name);
    if (!link) return;
    for (const { cidr } of network.addresses(name)) network.deleteAddress(name, cidr);
    for (const route of network.routes()) if (route.link === link.index) network.deleteRoute(route);
    network.setLink(name, { up: true });
    if (!addressed) return;
    for (const cidr of fixture.addresses) network.addAddress(name, cidr);
    if (fixture.gateway)
      network.addRoute({ to: 'default', via: fixture.gateway, link: link.index, metric: 100 });
  };

  /** systemd-networkd: the first file that names the interface decides. */
  const reconfigure = (name: string) => {
    const link = network.link(name);
    if (!link) return;
    const found = networkFileOf(files, name);
    const text = found === undefined ? '' : (files.text(found) ?? '');
    const sections = parseIni(text);
    const dhcp = lastValue(sections, 'Network', 'DHCP');
    const addressed = (dhcp !== undefined && dhcp !== 'no') || text.includes('Address=1');
    configure(name, addressed);
    const lines = [
      `ADMIN_STATE=${found === undefined ? 'unmanaged' : 'configured'}`,
      ...(found ? [`NETWORK_FILE=${found}`] : []),
    ];
    put(root, `/run/systemd/netif/links/${link.index}`, `${lines.join('\n')}\n`);
    if (addressed && fixture.clientId)
      put(
        root,
        `/run/systemd/netif/leases/${link.index}`,
        `ADDRESS=10.1.0.84\nCLIENTID=${fixture.clientId}\n`,
      );
  };

  /** As ifupdown: `ip addr add` fails if the address is there, and SLAAC is the kernel's. */
  const ifup = (name: string) => {
    const texts = interfacesFiles(files);
    const link = network.link(name.replace(/:.*/, ''));
    if (!texts.some((text) => configures(text, name))) throw new Error(`unknown interface ${name}`);
    if (!link) throw new Error(`Cannot find device "${name}"`);
    network.setLink(link.index, { up: true });
    const isStatic = new Set(texts.flatMap((text) => staticAddresses(text)));
    for (const method of texts.flatMap((text) => methodsOf(text, name))) {
      if (method === 'inet dhcp') {
        for (const cidr of fixture.addresses.filter((each) => !each.includes(':') && !isStatic.has(each)))
          if (!network.addresses(link.index).some((each) => each.cidr === cidr))
            network.addAddress(link.index, cidr);
        put(root, `/run/dhclient.${name}.pid`, `${link.index + 100}\n`);
        put(root, `/proc/${link.index + 100}/cmdline`, `dhclient\0${name}\0`);
      }
      if (/^inet (dhcp|static)$/.test(method) && fixture.gateway && !name.includes(':'))
        network.addRoute({ to: 'default', via: fixture.gateway, link: link.index, metric: 100 });
    }
    for (const text of texts)
      for (const cidr of staticAddresses(text, name)) network.addAddress(link.index, cidr);
    const others = (files.text('/run/network/ifstate') ?? '').split('\n').filter(Boolean);
    put(root, '/run/network/ifstate', `${[...new Set([...others, `${name}=${name}`])].join('\n')}\n`);
  };

  /** `ifup -a`, udev's `ifup --allow=hotplug` for the hardware, and what the kernel does by itself. */
  const ifupAtBoot = (name: string) => {
    const texts = interfacesFiles(files);
    const started = texts.flatMap(parseStanzas).flatMap(({ keyword, words }) => {
      const isPlugged = keyword === 'allow-hotplug' && network.link(name)?.kind === undefined;
      return keyword === 'auto' || isPlugged ? words : [];
    });
    for (const each of [name, ...texts.flatMap((text) => aliasesOf(text, name))]) {
      const isStarted = started.some((word) =>
        word.startsWith('/') ? globOf(word.slice(1)).test(each) : word === each,
      );
      if (!isStarted || !network.link(name)) continue;
      ifup(each);
      if (!texts.some((text) => methodsOf(text, each).includes('inet6 auto'))) continue;
      for (const cidr of fixture.addresses.filter((address) => address.includes(':')))
        network.addAddress(name, cidr);
    }
  };

  const start = (name: string) => {
    if (fixture.manager === 'networkd') reconfigure(name);
    else if (fixture.manager === 'ifupdown') ifupAtBoot(name);
    else if (name === 'eth0') configure(name, true);
  };
  start('eth0');

  const run = (program: string, args: readonly string[]): string => {
    commands.push([program, ...args].join(' '));
    if (program === 'networkctl' && args[0] === 'reconfigure')
      for (const name of args.slice(1)) reconfigure(name);
    if (program === 'ifup') ifup(args.at(-1) ?? '');
    if (program === 'kill') rmSync(`${root}/proc/${args.at(-1)}`, { recursive: true });
    if (program === 'systemctl') {
      const verb = args[0] ?? '';
      if (verb === 'show')
        return `LoadState=loaded\nUnitFileState=${unit.enabled ? 'enabled' : 'disabled'}\nActiveState=${unit.active ? 'active' : 'inactive'}\n`;
      if (verb === 'enable' || verb === 'disable') unit.enabled = verb === 'enable';
      if (verb === 'restart' || verb === 'stop') unit.active = verb === 'restart';
    }
    return '';
  };

  return {
    remote: ovs.remote,
    network,
    commands,
    process({ diesAt = Number.POSITIVE_INFINITY, failsAt, isBooting = false } = {}) {
      let changes = 0;
      /** Counts a change; the process dies before it. */
      const count = (added = 1) => {
        if (changes + 1 >= diesAt) throw new Killed();
        changes += added;
        if (added > 0 && changes === failsAt) throw new Error('the machine refuses this change');
      };
      return {
        get changes() {
          return changes;
        },
        files: new CountingFiles(root, count),
        netlink: counting(network, count),
        hasSystemd: true,
        isBooting,
        async withBridges(remote, work) {
          await using bridges = await BridgeSetup.open(remote);
          const { ensure, restore } = bridges;
          bridges.ensure = async (...args) => {
            count();
            await ensure.apply(bridges, args);
          };
          bridges.restore = async (...args) => {
            count();
            await restore.apply(bridges, args);
          };
          return await work(bridges);
        },
        async run(program, ...args) {
          if (args[0] !== 'show') count();
          return run(program, args);
        },
        async reach() {
          count();
          // Frames of a port of the bridge reach the bridge's interface only.
          const ports = await ovs.ports('br0');
          const name = ports?.includes('eth0') ? 'br0' : 'eth0';
          if (network.addresses(name).length === 0 && !fixture.isApiElsewhere)
            throw new Error('no route to host');
        },
        // A process that has died does not wait, either.
        pause: async () => count(0),
      };
    },
    async state() {
      return { files: tree(root), network: network.dump(), rows: await ovs.dump(), unit: { ...unit } };
    },
    cutPower() {
      network.reset();
      network.remove('br0');
      ovs.setRunning(false);
      unit.active = false;
      rmSync(`${root}/run/systemd/netif`, { recursive: true, force: true });
      rmSync(`${root}/run/network`, { recursive: true, force: true });
      rmSync(`${root}/proc`, { recursive: true, force: true });
    },
    finishBoot() {
      ovs.setRunning(true);
      start('eth0');
      start('br0');
      unit.active = unit.enabled;
    },
    async [Symbol.asyncDispose]() {
      await ovs[Symbol.asyncDispose]();
      rmSync(root, { recursive: true });
    },
  };
}

/** Files of a process that may die, and then leaves the half of a new file. */
class CountingFiles extends Files {
  readonly #root: string;
  readonly #count: () => void;
  #isDead = false;

  constructor(root: string, count: () => void) {
    super(root);
    this.#root = root;
    this.#count = count;
  }

  override write(path: string, state: FileState | undefined): void {
    if (isSameFile(this.read(path), state)) {
      super.write(path, state);
      return;
    }
    try {
      this.#count();
    } catch (error) {
      if (!this.#isDead && state !== undefined)
        put(this.#root, `${dirname(path)}/.${basename(path)}.ovn-docker-new`, 'half');
      this.#isDead = true;
      throw error;
    }
    const owned =
      state && 'content' in state
        ? { ...state, uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
        : state;
    super.write(path, owned);
  }
}

function counting(network: InitNetwork, count: () => void): InitNetwork {
  const changing = new Set(['setLink', 'addAddress', 'deleteAddress', 'addRoute', 'deleteRoute']);
  return new Proxy(network, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof key !== 'string' || !changing.has(key) || typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        count();
        return value.apply(target, args) as unknown;
      };
    },
  });
}

function put(root: string, path: string, text: string): void {
  mkdirSync(dirname(root + path), { recursive: true });
  writeFileSync(root + path, text);
}

/** Systemd's order: the name of the file decides, and /etc precedes /run for the same name. */
function networkFileOf(files: Files, name: string): string | undefined {
  const found = ['/run', '/etc'].flatMap((at) => {
    const directory = `${at}/systemd/network`;
    return files
      .list(directory)
      .filter((file) => file.endsWith('.network'))
      .map((file) => ({ file, path: `${directory}/${file}` }));
  });
  return found
    .toSorted((one, other) => (one.file < other.file ? -1 : 1))
    .find(({ path }) => {
      const names = lastValue(parseIni(files.text(path) ?? ''), 'Match', 'Name')?.split(' ') ?? [];
      return names.some(
        (pattern) => pattern === name || (pattern.endsWith('*') && name.startsWith(pattern.slice(0, -1))),
      );
    })?.path;
}

function interfacesFiles(files: Files): string[] {
  const paths = [
    '/etc/network/interfaces',
    ...files.list('/etc/network/interfaces.d').map((name) => `/etc/network/interfaces.d/${name}`),
  ];
  return paths.flatMap((path) => files.text(path) ?? []);
}

/** The addresses of an interface's stanzas of the method `static`; without a name, those of all. */
function staticAddresses(text: string, name?: string): string[] {
  const lines = text.split('\n');
  return parseStanzas(text).flatMap(({ keyword, words, start, end }) => {
    if (keyword !== 'iface' || words[2] !== 'static' || (name !== undefined && words[0] !== name)) return [];
    return lines.slice(start, end + 1).flatMap((line) => /^\s*address (\S+)/.exec(line)?.[1] ?? []);
  });
}

/** Every file with its permissions and contents, except what programs write while they run. */
function tree(root: string, at = ''): Record<string, unknown> {
  const files = new Files(root);
  const found: Record<string, unknown> = {};
  for (const entry of readdirSync(root + (at || '/'), { withFileTypes: true })) {
    const path = `${at}/${entry.name}`;
    if (path === '/run' || path === '/proc') continue;
    if (entry.isDirectory()) Object.assign(found, { [`${path}/`]: 'directory' }, tree(root, path));
    else found[path] = files.read(path);
  }
  return found;
}
