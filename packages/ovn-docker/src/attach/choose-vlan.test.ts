import { OpenStackError } from '@ovn-docker/openstack';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { LAST_VLAN, Vlans } from '../vm/vlans.ts';
import { withFreeVlan } from './choose-vlan.ts';

const call = { method: 'POST', url: 'http://neutron/v2.0/ports' };
const taken = () => new OpenStackError(call, { status: 409, type: 'ParentTagInUse', reason: 'taken' });
const vmWith = (vlans: Vlans) => ({ vlans, log: pino({ level: 'silent' }) });

it('skips VLANs that other ports have, and keeps them free for a later try', async () => {
  const vlans = new Vlans();
  const nic: { vlan?: number } = {};
  const answer = await withFreeVlan(nic, vmWith(vlans), async (vlan) => {
    if (vlan < 3) throw taken();
    return vlan;
  });
  expect([answer, nic.vlan, vlans.used]).toEqual([3, 3, 1]);
});

it('rejects when other ports have all VLANs, and keeps all VLANs free for a later try', async () => {
  const vlans = new Vlans();
  let requests = 0;
  const refuse = async () => {
    requests++;
    throw taken();
  };
  const exhausted = expect.objectContaining({ code: 'E_VLANS_EXHAUSTED' });
  await expect(withFreeVlan({}, vmWith(vlans), refuse)).rejects.toThrowError(exhausted);
  expect([requests, vlans.used]).toEqual([LAST_VLAN, 0]);
});

it('keeps the VLAN reserved when the request fails for another reason: a port may have it', async () => {
  const vlans = new Vlans();
  const nic: { vlan?: number } = {};
  await expect(withFreeVlan(nic, vmWith(vlans), () => Promise.reject(new Error('cut')))).rejects.toThrow(
    'cut',
  );
  expect([nic.vlan, vlans.used]).toEqual([1, 1]);
});
