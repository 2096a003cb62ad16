import { expect, it } from 'vitest';
import { createWarmWorld } from '../../test/support/warm-world.ts';
import { createWorld } from '../../test/support/world.ts';
import { OvnDockerError } from '../errors.ts';
import { readiness } from './readiness.ts';

const fine = { error: undefined, isGuarded: true };
const away = { error: new OvnDockerError('E_API_UNREACHABLE', 'Neutron is away'), isGuarded: true };

it('an agent with all of its parts is ready', async () => {
  const { engine } = createWorld();
  expect(await readiness(engine, fine)).toEqual({ ready: true, reasons: [], notes: [] });
});

it('without Neutron, warm NICs alone keep the agent ready', async () => {
  const { engine } = await createWarmWorld(3);
  expect(await readiness(engine, away)).toEqual({
    ready: true,
    reasons: [],
    notes: ['only 3 warm NICs: Neutron is away'],
  });
  const { engine: empty } = createWorld();
  expect(await readiness(empty, away)).toMatchObject({ ready: false, reasons: ['Neutron is away'] });
});

it('without a free VLAN, the agent is not ready unless a NIC is warm', async () => {
  const { engine, vm } = createWorld();
  for (let vlan = 1; vlan < 4095; vlan++) vm.vlans.markUsed(vlan);
  expect(await readiness(engine, fine)).toMatchObject({
    ready: false,
    reasons: ['no VLAN of this VM is free'],
  });
});

it('warm NICs do not help when the uplink or the flow tables of the bridge are away', async () => {
  const { engine, vmSwitch } = await createWarmWorld(3);
  vmSwitch.problemOf = () => 'it has no OpenFlow port';
  expect(await readiness(engine, { ...fine, isGuarded: false })).toEqual({
    ready: false,
    reasons: [
      'the VM’s switch cannot use the uplink eth0: it has no OpenFlow port',
      'the flow tables of the VM’s bridge do not answer',
    ],
    notes: [],
  });
});

it('an agent that does not know its VM says why', async () => {
  const { engine } = createWorld();
  const unknown = { ...engine, vm: () => Promise.reject(new OvnDockerError('E_VIF_NOT_FOUND', 'no port')) };
  expect(await readiness(unknown, fine)).toMatchObject({ ready: false, reasons: ['no port'] });
});
