import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import type { Link } from '@ovn-docker/netlink';
import { OvnDockerError } from '../../errors.ts';
import type { Machine } from '../machine/machine.ts';
import type { Prompt } from './prompt.ts';

/** Which interface init makes the uplink. */
interface Question {
  /** The value of `--uplink`. */
  readonly given?: string | undefined;
  readonly bridge: string;
  /** Remote of the Open_vSwitch database. */
  readonly remote: string;
  /** The URLs of the API. */
  readonly apis: readonly string[];
}

/**
 * Finds the interface through which the VM reaches the API, and asks when there are several.
 * @throws OvnDockerError `E_UPLINK`
 */
export async function findUplink(machine: Machine, question: Question, prompt: Prompt): Promise<Link> {
  const { given, apis } = question;
  const names = given === undefined ? await routesTo(machine, apis) : [given];
  const uplinks = await Promise.all(names.map((name) => belowBridge(machine, name, question)));
  const candidates = [...new Set(uplinks)];
  const name = candidates.length === 1 ? candidates[0] : await choose(candidates, apis, prompt);
  const link = name === undefined ? undefined : machine.netlink.link(name);
  if (!link) throw new OvnDockerError('E_UPLINK', `there is no interface ${name}`);
  const fault = faultOf(link, machine);
  if (fault !== undefined) throw unusable(fault);
  return link;
}

/** The interfaces whose addresses the kernel chooses for the way to the API (ip(7), connect on UDP). */
async function routesTo({ netlink }: Machine, apis: readonly string[]): Promise<string[]> {
  const addresses = netlink.addresses();
  const links = new Map(netlink.links().map((link) => [link.index, link.name]));
  const found = new Set<string>();
  for (const url of apis) {
    const { hostname } = new URL(url);
    for (const { address, family } of await lookup(hostname.replace(/^\[|\]$/g, ''), { all: true })) {
      const source = await sourceAddressFor(address, family === 6 ? 'udp6' : 'udp4');
      const owners = addresses.filter((owned) => owned.address === source).map(({ link }) => links.get(link));
      for (const owner of owners) if (owner !== undefined) found.add(owner);
    }
  }
  return [...found];
}

/** No packet is sent. @returns undefined if there is no route */
async function sourceAddressFor(address: string, type: 'udp4' | 'udp6'): Promise<string | undefined> {
  const socket = createSocket(type);
  try {
    socket.connect(9, address);
    await once(socket, 'connect');
    return socket.address().address;
  } catch {
    return undefined;
  } finally {
    socket.close();
  }
}

/** If the bridge has the address already, its uplink is the only port that the VM's hardware has. */
async function belowBridge(machine: Machine, name: string, { remote }: Question): Promise<string> {
  const ports = await machine.withBridges(remote, async (bridges) => bridges.find(name)?.ports);
  if (ports === undefined) return name;
  const hardware = ports.filter((port) => machine.netlink.link(port)?.kind === undefined);
  const [uplink] = hardware.length === 1 ? hardware : ports.length === 1 ? ports : [];
  if (uplink !== undefined) return uplink;
  const message = `${name} carries the way to the API and has ${ports.length} ports: ${ports.join(', ')}`;
  throw new OvnDockerError('E_UPLINK', message, { hint: 'name the one to the hypervisor: --uplink NAME' });
}

async function choose(
  candidates: readonly string[],
  apis: readonly string[],
  prompt: Prompt,
): Promise<string | undefined> {
  const urls = apis.join(' and ');
  if (candidates.length === 0) {
    throw new OvnDockerError('E_UPLINK', `no interface leads to ${urls}`);
  }
  const list = candidates.join(', ');
  const message = `several interfaces lead to ${urls}: ${list}`;
  const hint = `choose one: ${candidates.map((name) => `--uplink ${name}`).join(' or ')}`;
  if (!prompt.isInteractive) throw new OvnDockerError('E_UPLINK', message, { hint });
  const answer = await prompt.ask(`${message}. Which one is the uplink of the containers? `);
  if (candidates.includes(answer)) return answer;
  throw new OvnDockerError('E_UPLINK', `"${answer}" is none of ${list}`, { hint });
}

/** Why an interface cannot be a port of a bridge, in words. */
function faultOf({ name, kind, mac, master }: Link, { netlink }: Machine): string | undefined {
  if (name === 'lo') return 'the API is on this machine, and lo leads to no hypervisor';
  if (kind === 'openvswitch') return `${name} belongs to Open vSwitch itself`;
  if (kind !== undefined && kind !== 'veth')
    return `${name} is no hardware of the VM but a ${kind}, made on top of others`;
  if (mac === '') return `${name} has no MAC address`;
  const owner = master === undefined ? undefined : netlink.link(master);
  if (owner && owner.kind !== 'openvswitch') return `${name} is a port of ${owner.name}, a ${owner.kind}`;
  return undefined;
}

/** The interfaces on top of another one, such as VLANs: `upper_NAME` of sysfs. */
export function interfacesOn({ files, netlink }: Machine, name: string): string[] {
  const entries = files.list(`/sys/class/net/${name}`).filter((entry) => entry.startsWith('upper_'));
  const uppers = entries.map((entry) => entry.slice('upper_'.length));
  return uppers.filter((upper) => netlink.link(upper)?.kind !== 'openvswitch');
}

function unusable(fault: string): OvnDockerError {
  return new OvnDockerError('E_UPLINK', fault, {
    hint: 'name the interface to the hypervisor, such as eth0: --uplink NAME',
  });
}
