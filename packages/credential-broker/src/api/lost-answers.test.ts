import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type FaultyNeutron, startFaultyNeutron } from '../../test/support/faulty-neutron.ts';
import { type JoinedVm, joinVm, makeNetwork, makeVm } from '../../test/support/scene.ts';
import { BrokerClient, startTestBroker, type TestBroker } from '../../test/support/test-broker.ts';

let broker: TestBroker;
let neutron: FaultyNeutron;
let network: string;
let vm: JoinedVm;

beforeAll(async () => {
  broker = await startTestBroker('neutron: { timeout: 1 }\n', {
    neutron: async (url) => {
      neutron = await startFaultyNeutron(url);
      return neutron.url;
    },
  });
  network = await makeNetwork(broker, '127.0.9.0/24');
  vm = await joinVm(broker, await makeVm(broker, network, '127.0.9.5'));
  // From here on the broker knows the network, the extensions and the number of ports.
  await vm.client.send('POST', '/v2.0/ports', { port: { network_id: network } });
});
beforeEach(() => {
  neutron.fault = () => undefined;
  neutron.arrived.length = 0;
});
afterAll(async () => {
  vm[Symbol.dispose]();
  await broker[Symbol.asyncDispose]();
  await neutron[Symbol.asyncDispose]();
});

const create = (name: string) =>
  vm.client.send('POST', '/v2.0/ports', { port: { network_id: network, name } });
const posts = () => neutron.arrived.filter((each) => each.startsWith('POST'));
const faultOf = (method: string, fault: ReturnType<FaultyNeutron['fault']>) => {
  neutron.fault = (each) => (each === method ? fault : undefined);
};

test('a lost answer to a POST is a 502 and sent once; the agent finds the port by its mark', async () => {
  faultOf('POST', 'lost answer');
  const { status, body } = await create('lost');
  expect([status, body.NeutronError.type, posts().length]).toEqual([502, 'ServiceUnavailable', 1]);
  const { body: found } = await vm.client.send('GET', `/v2.0/ports?tags=ovn-docker:vif=${vm.id}&name=lost`);
  expect(found.ports).toHaveLength(1);
});

test('a POST without an answer in time is a 504, which tells the agent to look later', async () => {
  faultOf('POST', 'silence');
  const { status, body } = await create('slow');
  expect([status, body.NeutronError.type, posts().length]).toEqual([504, 'ServiceUnavailable', 1]);
});

test('the 404 of a repeated DELETE passes, so that the agent knows that its first try deleted the port', async () => {
  const { body } = await create('gone');
  faultOf('DELETE', 'lost answer');
  expect((await vm.client.send('DELETE', `/v2.0/ports/${body.port.id}`)).status).toBe(502);
  neutron.fault = () => undefined;
  const again = await vm.client.send('DELETE', `/v2.0/ports/${body.port.id}`);
  expect(again).toMatchObject({ status: 404, body: { NeutronError: { type: 'PortNotFound' } } });
});

test('Neutron’s errors pass with status, type, message, Retry-After and request id', async () => {
  const error = { NeutronError: { type: 'OverQuota', message: 'Quota exceeded', detail: 'x' } };
  const headers = { 'retry-after': '7', 'x-openstack-request-id': 'req-1' };
  faultOf('POST', { status: 409, headers, body: JSON.stringify(error) });
  expect(await create('x')).toMatchObject({ status: 409, headers, body: error });
});

test('a 503 of Keystone’s middleware keeps the words by which the agent’s client knows that it may repeat', async () => {
  const message = 'The Keystone service is temporarily unavailable.';
  faultOf('POST', { status: 503, body: JSON.stringify({ message, code: '503', title: 'x' }) });
  const { status, body } = await create('x');
  expect([status, JSON.stringify(body)]).toEqual([503, expect.stringContaining(message)]);
});

test('a refused token of the broker is renewed once, and then a 503, because no agent could help it', async () => {
  faultOf('POST', { status: 401, body: '{}' });
  const { status, headers } = await create('x');
  expect([status, headers['retry-after'], posts().length]).toEqual([503, '30', 2]);
});

test('an answer that is no JSON is a 502', async () => {
  faultOf('POST', { status: 201, body: '<html>' });
  expect((await create('x')).status).toBe(502);
});

test('the request id and the revision of the agent reach Neutron', async () => {
  const { body } = await create('revised');
  const path = `/v2.0/ports/${body.port.id}`;
  const rename = (revision: string) =>
    vm.client.send('PUT', path, { port: { name: 'y' } }, { 'if-match': revision });
  expect((await rename('revision_number=999')).status).toBe(412);
  expect((await rename(`revision_number=${body.port.revision_number}`)).status).toBe(200);
});

test('a VM’s port that Neutron does not answer for is known for ten minutes: renewals go on', async () => {
  neutron.fault = () => 'reset';
  expect((await vm.client.send('GET', '/v1/vm')).status).toBe(200);
  expect((await vm.client.send('GET', '/v2.0/networks')).status).toBe(502);
});

test('a broker that stops answers the running request, and closes a connection that the VM would keep', async () => {
  const second = await broker.another();
  using client = new BrokerClient(second.url, { ...vm.identity, keepAlive: 1 });
  expect((await client.send('GET', '/v1/vm')).status).toBe(200);
  faultOf('POST', 'silence');
  const running = client.send('POST', '/v2.0/ports', { port: { network_id: network } });
  await vi.waitUntil(() => posts().length > 0);
  const closed = broker.close(second);
  const { status, headers } = await running;
  expect([status, headers['connection']]).toEqual([504, 'close']);
  await closed;
});

test('without Neutron the answer is 503 with Retry-After, and /readyz follows Keystone', async () => {
  await neutron[Symbol.asyncDispose]();
  const { status, headers, body } = await create('x');
  expect([status, headers['retry-after'], body.NeutronError.type]).toEqual([503, '1', 'ServiceUnavailable']);
});
