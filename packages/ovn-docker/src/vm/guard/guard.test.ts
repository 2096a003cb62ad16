import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { Switch } from '../../../../openflow/test/support/switch.ts';
import { refuseMonitors } from '../../../test/support/old-switch.ts';
import { pluggedPort } from '../../../test/support/plugged-port.ts';
import type { PluggedPort } from '../../clients/vm-switch.ts';
import { guardedPort } from '../../nics/guarded-port.ts';
import { rowKeys } from '../../nics/names.ts';
import { Guard } from './guard.ts';

const row = (vlan: number, ids: Record<string, string> = {}): PluggedPort =>
  pluggedPort({
    name: `ovn-${vlan}`,
    vlan,
    ofport: 100 + vlan,
    externalIds: {
      [rowKeys.nic]: `n${vlan}`,
      [rowKeys.attachedMac]: `fa:16:3e:00:00:0${vlan}`,
      [rowKeys.macs]: 'own',
      ...ids,
    },
  });

/** The rows of a bridge; `set` tells the guard of a change, as the replica does. */
function bridgeOf(...rows: PluggedPort[]) {
  const all = new Map(rows.map((each) => [each.name, each]));
  const listeners = new Set<(name: string) => void>();
  return {
    ports: () => [...all.values()],
    port: (name: string) => all.get(name),
    onPortChange: (listener: (name: string) => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    set: (changed: PluggedPort) => {
      all.set(changed.name, changed);
      for (const listener of listeners) listener(changed.name);
    },
  };
}

function guardOf(vmSwitch: ReturnType<typeof bridgeOf>, socket: string) {
  const logged: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => void logged.push(line) });
  const readPort = (port: PluggedPort) => guardedPort(port, { dhcp: 'drop' });
  return { guard: new Guard({ vmSwitch, socket, readPort, log }), logged };
}

/** The guard's own flows of a port in table 0. */
const flowsOf = (bridge: Switch, { ofport }: PluggedPort) =>
  bridge
    .ofctl('dump-flows')
    .split('\n')
    .filter((line) => line.includes('cookie=0x6f766e64') && line.includes(`in_port=${ofport}`));

const [healthy, other] = [row(1), row(3)];
const oddRows: [string, Record<string, string>][] = [
  ['attached-mac', { [rowKeys.attachedMac]: 'nonsense' }],
  ['empty attached-mac', { [rowKeys.attachedMac]: '' }],
  ['note about MAC addresses', { [rowKeys.macs]: 'nonsense 00:00:5e:00:01:0a,00:00:5e:00:01:0b' }],
];

it.each(oddRows)(
  'a row with an odd %s, before or after the start, unguards no other port',
  async (_, ids) => {
    const odd = row(2, ids);
    await using bridge = await Switch.start();
    const vmSwitch = bridgeOf(healthy, odd);
    const { guard, logged } = guardOf(vmSwitch, bridge.socket);
    await using _guard = guard;
    await guard.start();
    await guard.protect([healthy.name, odd.name]);
    const isMute = ids[rowKeys.attachedMac] !== undefined;
    expect(flowsOf(bridge, healthy)).toHaveLength(2);
    expect(flowsOf(bridge, odd)).toHaveLength(isMute ? 1 : 2);

    vmSwitch.set(row(2));
    vmSwitch.set(other);
    await guard.protect([odd.name]);
    expect(flowsOf(bridge, odd)).toHaveLength(2);
    vmSwitch.set(odd);
    bridge.ofctl('del-flows');
    await guard.restore();
    await guard.protect([healthy.name, other.name, odd.name]);
    expect(flowsOf(bridge, healthy)).toHaveLength(2);
    expect(flowsOf(bridge, other)).toHaveLength(2);
    expect(flowsOf(bridge, odd)).toHaveLength(isMute ? 1 : 2);
    // Once for each time that the row became odd.
    expect(logged.filter((line) => line.includes('no valid MAC address'))).toHaveLength(isMute ? 2 : 0);
  },
);

it('a port with an impossible number gets no container, and all others are guarded', async () => {
  await using bridge = await Switch.start();
  const { guard } = guardOf(bridgeOf(healthy, { ...row(2), ofport: 2 ** 40 }), bridge.socket);
  await using _guard = guard;
  await guard.start();
  await expect(guard.protect(['ovn-2'])).rejects.toMatchObject({ code: 'E_GUARD' });
  await guard.protect([healthy.name]);
  expect(flowsOf(bridge, healthy)).toHaveLength(2);
});

it('a switch that reports no changes of flows is guarded all the same', async () => {
  await using bridge = await Switch.start();
  const directory = mkdtempSync(join(tmpdir(), 'guard-'));
  try {
    const socket = join(directory, 'br0.mgmt');
    await using _old = await refuseMonitors(socket, bridge.socket);
    const { guard, logged } = guardOf(bridgeOf(healthy), socket);
    await using _guard = guard;
    await guard.start();
    await guard.protect([healthy.name]);
    bridge.ofctl('del-flows');
    expect((await guard.differences()).missing).not.toEqual([]);
    await guard.restore();
    expect(flowsOf(bridge, healthy)).toHaveLength(2);
    expect(logged).toEqual([expect.stringContaining('before 2.16')]);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

it('Open vSwitch reads what a DHCP server sends as the flows expect', async () => {
  await using bridge = await Switch.start();
  const ports = ['p', 'uplink'].flatMap((name) => ['--', 'add-port', 'br0', name]);
  bridge.vsctl(
    ...ports,
    ...['p', 'uplink'].flatMap((name) => ['--', 'set', 'interface', name, 'type=dummy']),
  );
  bridge.vsctl('set', 'port', 'p', 'tag=7', '--', 'set', 'interface', 'p', 'ofport_request=101');
  const { guard } = guardOf(bridgeOf(healthy), bridge.socket);
  await using _guard = guard;
  await guard.start();
  const from = 'in_port=101,dl_src=fa:16:3e:00:00:01';
  const fate = (flow: string, ...packet: string[]) =>
    bridge.trace(flow, ...packet).includes('Datapath actions: drop') ? 'dropped' : 'forwarded';
  const v4 = (fields: string, to = '02:00:00:00:00:02') =>
    fate(`${from},dl_dst=${to},udp,nw_src=10.0.0.5,nw_dst=10.0.0.9,nw_ttl=64,${fields}`);
  const v6 = (fields: string) =>
    fate(`${from},dl_dst=02:00:00:00:00:02,udp6,ipv6_src=fe80::5,ipv6_dst=fd00::9,nw_ttl=64,${fields}`);
  expect(v4('udp_src=67,udp_dst=1068')).toBe('forwarded');
  expect(v4('udp_src=67,udp_dst=68')).toBe('dropped');
  expect(v4('udp_src=5000,udp_dst=68')).toBe('dropped');
  expect(v4('nw_frag=first')).toBe('forwarded');
  expect(v4('nw_frag=first', 'ff:ff:ff:ff:ff:ff')).toBe('dropped');
  expect(v6('udp_src=547,udp_dst=1546')).toBe('forwarded');
  expect(v6('udp_src=5000,udp_dst=546')).toBe('dropped');
  // A whole packet of IPv4 whose header claims to be longer than the frame: Open vSwitch reads no protocol.
  const broken = `020000000002fa163e0000010800${'450000ff00000000401100000a0000050a000009'}138800440008${'00'.repeat(20)}`;
  expect(fate('in_port=101', broken)).toBe('dropped');
});
