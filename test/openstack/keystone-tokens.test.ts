import { installProgram, openLab, startKeystone, urls } from '@ovn-docker/lab';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { Api } from '../support/api.ts';
import { LAB } from '../system/raise-lab.ts';

/**
 * An embedded-neutron beside the real Neutron, with a database of its own. The real Keystone validates its
 * tokens, which it asks for as the user `neutron` with the role `service`.
 */
const lab = openLab(LAB);
const machine = lab.machine('api');
const folder = '/run/keystone-tokens';
const url = 'http://127.0.0.1:29696/v2.0/';

/** Sends one request from the machine. Returns the status and what the answer contains. */
async function call(token: string, method = 'GET', path = 'networks', body?: unknown) {
  const script = `
    const [url, method, token, body] = JSON.parse(process.argv[1]);
    const answer = await fetch(url, { method, headers: { 'X-Auth-Token': token }, body });
    process.stdout.write(JSON.stringify([answer.status, await answer.json()]));`;
  const request = JSON.stringify([url + path, method, token, body && JSON.stringify(body)]);
  const command = [process.execPath, '--input-type=module', '--eval', script, request];
  const [status, answer] = JSON.parse(await machine.must(command)) as [number, Record<string, unknown>];
  return { status, answer };
}

const login = async (auth: object) => {
  const body = JSON.stringify({ auth });
  const script = `
    const answer = await fetch('${urls.identity}/auth/tokens', {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: process.argv[1] });
    process.stdout.write(answer.headers.get('x-subject-token') ?? '');`;
  return machine.must([process.execPath, '--input-type=module', '--eval', script, body]);
};

let alice: Api;

beforeAll(async () => {
  alice = await Api.login(lab, 'alice');
  installProgram(machine, 'embedded-neutron');
  const nb = `${folder}/nb.db`;
  await machine.must(['mkdir', '-p', folder]);
  await machine.must(['ovsdb-tool', 'create', nb, '/usr/share/ovn/ovn-nb.ovsschema']);
  await machine.must([
    'ovsdb-server',
    '--detach',
    '--no-chdir',
    `--pidfile=${folder}/nb.pid`,
    `--unixctl=${folder}/nb.ctl`,
    `--remote=punix:${folder}/nb.sock`,
    nb,
  ]);
  const neutron = await machine.must(['cat', '/etc/neutron/neutron.conf']);
  const password = /\[keystone_authtoken\][^[]*\npassword = (\S+)/.exec(neutron)?.[1] ?? '';
  const config = {
    listen: { network: '127.0.0.1:29696' },
    nb: `unix:${folder}/nb.sock`,
    identity: {
      keystone: urls.identity,
      username: 'neutron',
      password_file: 'password',
      cache_time: 1,
    },
  };
  const write = (name: string, input: string) =>
    machine.must(['/bin/sh', '-c', `umask 077; cat > ${folder}/${name}`], { input });
  await write('password', password);
  await write('config.yaml', stringify(config));
  await machine.start('embedded-neutron', ['embedded-neutron', 'serve', '--config', `${folder}/config.yaml`]);
  await machine.waitForLog('embedded-neutron', '"ready":true');
});
afterAll(async () => {
  await machine.stop('embedded-neutron');
  await machine.must(['ovs-appctl', '-t', `${folder}/nb.ctl`, 'exit']);
  await machine.must(['rm', '-r', folder]);
});

it("an embedded-neutron accepts the real Keystone's tokens, with their roles", async () => {
  const made = await call(alice.token, 'POST', 'networks', { network: { name: 'mine' } });
  expect(made).toMatchObject({
    status: 201,
    answer: { network: { project_id: lab.state.tenants.alice.projectId } },
  });
  const [bob, admin] = [await Api.login(lab, 'bob'), await Api.login(lab, 'admin')];
  expect(await call(bob.token)).toMatchObject({ status: 200, answer: { networks: [] } });
  expect(await call(admin.token)).toMatchObject({ status: 200, answer: { networks: [{ name: 'mine' }] } });
  expect((await call(bob.token, 'POST', 'networks', { network: { shared: true } })).status).toBe(403);
});

it('invalid and unscoped tokens are refused', async () => {
  const user = { name: 'alice', domain: { id: 'default' }, password: lab.state.tenants.alice.password };
  const unscoped = await login({ identity: { methods: ['password'], password: { user } } });
  expect(unscoped).not.toBe('');
  for (const token of ['gAAAAABnonsense', unscoped]) expect((await call(token)).status).toBe(401);
});

it('access rules are enforced', async () => {
  const self = await alice.identity('GET', 'auth/tokens', { subject: alice.token });
  const { id: userId } = (self.body['token'] as { user: { id: string } }).user;
  const path = `users/${userId}/application_credentials`;
  const access_rules = [{ service: 'network', method: 'GET', path: '/v2.0/networks' }];
  const made = await alice.identity('POST', path, {
    body: { application_credential: { name: 'keystone-tokens', access_rules } },
  });
  const { id, secret } = made.body['application_credential'] as { id: string; secret: string };
  const identity = { methods: ['application_credential'], application_credential: { id, secret } };
  const narrow = await login({ identity });
  expect((await call(narrow)).status).toBe(200);
  expect((await call(narrow, 'GET', 'ports')).status).toBe(401);
  expect((await call(narrow, 'POST', 'networks', { network: {} })).status).toBe(401);
  await alice.identity('DELETE', `${path}/${id}`);
  await expect.poll(async () => (await call(narrow)).status, { timeout: 20_000 }).toBe(401);
});

it('a revoked token is refused after the time for which answers count', async () => {
  const other = await Api.login(lab, 'alice');
  expect((await call(other.token)).status).toBe(200);
  await alice.identity('DELETE', 'auth/tokens', { subject: other.token });
  await expect.poll(async () => (await call(other.token)).status, { timeout: 20_000 }).toBe(401);
});

it('without the Keystone a request is answered with 503, and with 200 when it is back', async () => {
  const token = (await Api.login(lab, 'bob')).token;
  await machine.stop('keystone');
  expect((await call(token)).status).toBe(503);
  await startKeystone(machine);
  expect((await call(token)).status).toBe(200);
});
