import { beforeEach, expect, it } from 'vitest';
import { FakeNeutron, refusal } from '../../../test/support/fake-neutron.ts';
import { accessRulesFor } from '../../clients/neutron/agent-calls.ts';
import type { DoctorContext } from './context.ts';
import { trunkCheck } from './trunk-check.ts';

const MAC = 'fa:16:3e:00:00:01';
let neutron: FakeNeutron;
beforeEach(() => {
  neutron = new FakeNeutron();
});

/** A context whose uplink has the MAC address of the VM's own port, unless `uplinkMac` says otherwise. */
function contextOf({ mode = 'trunk', uplinkMac = MAC, token = {} } = {}): DoctorContext {
  const session = { endpoint: async () => 'http://neutron' };
  return {
    settings: { config: { ovs: { bridge: 'br0' }, uplink: 'eth0' } },
    netlink: { link: (name: string) => (name === 'eth0' ? { mac: uplinkMac } : undefined) },
    findings: {
      mode,
      access: { token },
      cloud: { neutron: neutron.client, session },
      parent: { id: 'vif-1', mac_address: MAC },
    },
  } as unknown as DoctorContext;
}
const created = () => neutron.calls.includes('trunks.create');

it('with port binding, no trunk is needed or looked for', async () => {
  await trunkCheck.run(contextOf({ mode: 'port-binding' }));
  expect(neutron.calls).toEqual([]);
});

it('scenario 51: creates the trunk if there is none, so that a refusal shows before the first container', async () => {
  neutron.trunkId = undefined;
  const { facts } = await trunkCheck.run(contextOf());
  expect([created(), facts]).toEqual([true, [expect.stringContaining(`${neutron.trunkId}, made now`)]]);
});

it('scenario 51: a cloud that makes no trunk on a running port is the fault', async () => {
  neutron.trunkId = undefined;
  neutron.fail('trunks.create', refusal(409, 'ParentPortInUse'));
  await expect(trunkCheck.run(contextOf())).rejects.toMatchObject({ code: 'E_TRUNK_REFUSED' });
});

it('creates no trunk on the port of another interface', async () => {
  neutron.trunkId = undefined;
  const { facts } = await trunkCheck.run(contextOf({ uplinkMac: 'fa:16:3e:00:00:02' }));
  expect([created(), facts]).toEqual([false, ['none on this port, which is not that of the uplink']]);
});

it('scenario 50: a narrow credential that was made for another trunk is the fault', async () => {
  const access_rules = accessRulesFor({ projectId: 'project-1', trunkId: 'another' });
  const token = { project: { id: 'project-1' }, application_credential: { name: 'agent', access_rules } };
  await expect(trunkCheck.run(contextOf({ token }))).rejects.toMatchObject({
    code: 'E_ACCESS_RULES',
    message: expect.stringContaining('/v2.0/trunks/trunk-1/add_subports'),
  });
});
