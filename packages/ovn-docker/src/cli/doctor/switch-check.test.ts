import { expect, it } from 'vitest';
import { pluggedPort } from '../../../test/support/plugged-port.ts';
import type { PluggedPort } from '../../clients/vm-switch.ts';
import { rowKeys } from '../../nics/names.ts';
import type { DoctorContext } from './context.ts';
import { switchCheck } from './switch-check.ts';

const MAC = 'fa:16:3e:00:00:01';
const uplink = pluggedPort({ name: 'eth0', vlanMode: undefined });

interface Scene {
  readonly ports?: readonly PluggedPort[];
  readonly carriers?: readonly string[];
  /** Names of the ports in VLAN 7. */
  readonly users?: readonly string[];
  readonly mac?: string;
}

function run({ ports = [uplink], carriers = ['eth0', 'br0'], users = [], mac = MAC }: Scene) {
  const vmSwitch = {
    ports: () => ports,
    vlanUsers: () => new Map([[7, users]]),
    macsOf: () => [mac],
    carriersOfAllVlans: () => carriers,
  };
  return switchCheck.run({
    settings: { config: { ovs: { bridge: 'br0', remote: 'unix:/db.sock' }, uplink: 'eth0' } },
    findings: { openedSwitch: Promise.resolve(vmSwitch), parent: { id: 'vif-1', mac_address: MAC } },
  } as unknown as DoctorContext);
}

it('accepts a bridge with the uplink', async () => {
  expect(await run({})).toEqual({
    facts: ['br0 on unix:/db.sock: uplink eth0, 0 other ports'],
    warnings: [],
  });
});

it('warns of another port that passes every VLAN', async () => {
  const { warnings } = await run({ carriers: ['eth0', 'br0', 'tap0'] });
  expect(warnings).toEqual([
    {
      message: expect.stringMatching(/^tap0 passes every VLAN/),
      hint: expect.stringContaining('ovs-vsctl set port tap0 trunks=0'),
    },
  ]);
});

const nic = pluggedPort({ name: 'ovn-7', vlan: 7, externalIds: { [rowKeys.nic]: 'n' } });

it.each<[string, Scene, string]>([
  ['an uplink that is no port of the bridge', { ports: [] }, 'E_SWITCH'],
  ['an uplink that is an access port', { ports: [pluggedPort({ name: 'eth0', vlan: 3 })] }, 'E_SWITCH'],
  [
    'the VLAN of a container on another port',
    { ports: [uplink, nic], users: ['ovn-7', 'x'] },
    'E_VLAN_SHARED',
  ],
  ['the MAC address of another port', { mac: 'fa:16:3e:00:00:02' }, 'E_VIF_NOT_THIS_VM'],
])('%s is the fault', async (_, scene, code) => {
  await expect(run(scene)).rejects.toMatchObject({ code });
});
