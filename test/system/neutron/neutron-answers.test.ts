import { management, openLab } from '@ovn-docker/lab';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { Api } from '../../support/api.ts';
import { tagsOf } from '../../support/port-tags.ts';
import { TrunkScene } from '../../support/trunk-scene.ts';
import { LAB } from '../raise-lab.ts';

/**
 * Neutron's refusals and lost answers: scenarios 7 to 10 and 13. test/faults tests every fault at every call.
 */
const lab = openLab(LAB);
const NETWORK = 'answers';
let scene: TrunkScene;

beforeAll(async () => {
  scene = await TrunkScene.raise(lab, NETWORK, '10.173.0.0/24');
});
afterEach(() => scene.tidy());
afterAll(() => scene.end());

it('scenario 7: Neutron carries out a POST whose answer is lost: the agent finds the port and creates no second one', async () => {
  const rule = await scene.proxy.addRule({
    method: 'POST',
    path: '^/v2.0/ports',
    times: 1,
    fault: { kind: 'cut', moment: 'after' },
  });
  const count = (await scene.ports()).length;
  await scene.a.run(NETWORK);
  await rule.hit();
  expect(await scene.ports()).toHaveLength(count + 1);
  await scene.expectInOrder(1);
});

it.each([
  ['DuplicateSubPort', undefined],
  ['TrunkPortInUse', 'E_API_FAILED'],
  ['ParentPortInUse', 'E_API_FAILED'],
  ['PortInUse', 'E_API_FAILED'],
  ['TrunkDisabled', 'E_TRUNK'],
  ['TrunkInErrorState', 'E_TRUNK'],
  ['SubPortMtuGreaterThanTrunkPortMtu', 'E_MTU'],
  ['OverQuota', 'E_QUOTA'],
])('scenario 8: 409 has many meanings: %s causes %s', async (type, code) => {
  const body = { NeutronError: { type, message: 'as the proxy says', detail: '' } };
  const fault = { kind: 'answer', status: 409, body } as const;
  const rule = await scene.proxy.addRule({ path: '/add_subports$', times: 1, fault });
  const result = await scene.runOnce();
  await rule.hit();
  if (code === undefined) expect(result).toMatchObject({ code: 0 });
  else expect([result.code, result.stderr]).toEqual([1, expect.stringContaining(`[${code}]`)]);
});

it('scenario 8: a network with a larger MTU than the network of the VM’s own port: E_MTU, and nothing is left over', async () => {
  const admin = await Api.login(lab, 'admin');
  const [network] = await admin.list('network', `name=${management.name}`);
  const setMtu = async (mtu: number) => {
    const { status } = await admin.call('PUT', `networks/${network?.id}`, { network: { mtu } });
    expect(status).toBe(200);
  };
  await setMtu(1400);
  try {
    const refused = await scene.runOnce();
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('[E_MTU]')]);
    await scene.expectInOrder(0);
  } finally {
    await setMtu(network?.['mtu'] as number);
  }
});

it('scenario 9: quota reached in the middle of a bulk, 500, 503, 429 and an expired token: the pool is filled nevertheless', async () => {
  const quota = { NeutronError: { type: 'OverQuota', message: 'as the proxy says', detail: '' } };
  const answers = [
    { status: 409, body: quota },
    { status: 500 },
    { status: 503, headers: { 'retry-after': '1' } },
    { status: 429, headers: { 'retry-after': '1' } },
    { status: 401 },
  ];
  try {
    for (const [index, answer] of answers.entries()) {
      const fault = { kind: 'answer', ...answer } as const;
      const rule = await scene.proxy.addRule({ method: 'POST', path: '^/v2.0/ports', times: 1, fault });
      await scene.fill((index + 1) * 4);
      await rule.hit();
      expect([answer.status, (await scene.pool())?.warm]).toEqual([answer.status, (index + 1) * 4]);
    }
    await scene.expectInOrder(answers.length * 4);
  } finally {
    await scene.drain();
  }
});

it('scenario 10: Neutron refuses remove_subports because one subport does not exist: the agent removes all others', async () => {
  await scene.fill(4);
  const trunk = await scene.trunk();
  const [subport] = ((trunk['sub_ports'] ?? []) as { port_id: string }[]).slice(-1);
  const removed = await scene.api.call('PUT', `trunks/${trunk.id}/remove_subports`, {
    sub_ports: [{ port_id: subport?.port_id }],
  });
  expect(removed.status).toBe(200);
  await scene.drain();
  expect(await scene.status()).toMatchObject({ draining: 0 });
  await scene.expectInOrder(0);
});

it('scenario 13: a port has no device_id before it is a subport', async () => {
  // With a device_id Neutron would refuse the subport (409 PortInUse).
  const rule = await scene.proxy.addRule({
    method: 'PUT',
    path: '/add_subports$',
    times: 1,
    fault: { kind: 'hang' },
  });
  const count = (await scene.ports()).length;
  const running = scene.a.run(NETWORK, '--net=none');
  await rule.hit();
  const all = await scene.ports();
  const created = all.filter((port) => port['device_owner'] === '' && tagsOf(port).length > 0);
  expect([all.length, created.map(({ device_id }) => device_id)]).toEqual([count + 1, ['']]);
  await rule.release();
  await running;
});
