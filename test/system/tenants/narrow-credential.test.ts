import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openLab, openrcOf, urls, waitFor } from '@ovn-docker/lab';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ApiProxy } from '../../support/faults/api-proxy.ts';
import { TrunkScene } from '../../support/trunk-scene.ts';
import { DRIVERS, IMAGE, Vm } from '../../support/vm.ts';
import { LAB } from '../raise-lab.ts';

/** Scenario 50: an agent whose credential `credential create` made, with its access rules. */
const lab = openLab(LAB);
const NETWORK = 'narrow';
const SUBNET = '10.189.0.0/24';
const DOCKER_NETWORK = 'narrow-docker';
const GROUP = 'narrow-group';
const CLOUDS = '/etc/ovn-docker/narrow.yaml';
/** The tenant's own credential, on another machine than the agent's. */
const outside = new Vm(lab, 'vm-b');
const password = openrcOf('alice', lab.state.tenants.alice.password);

interface Rule {
  readonly service: string;
  readonly method: string;
  readonly path: string;
}

let scene: TrunkScene;
let restore: () => Promise<void>;
let credential: { readonly id: string; readonly secret: string; readonly rules: readonly Rule[] };
const file = join(lab.machine('vm-a').places.data, CLOUDS);

const asTenant = (...args: string[]) => outside.ovnDocker(args, password);
const withCredential = (...args: string[]) =>
  scene.a.ovnDocker(args, { OS_CLIENT_CONFIG_FILE: CLOUDS, OS_CLOUD: 'ovn-docker' });

beforeAll(async () => {
  scene = await TrunkScene.raise(lab, NETWORK, SUBNET);
  const made = await asTenant(
    'credential',
    'create',
    '--vm',
    scene.vifId,
    '--expires',
    '30d',
    '--mode',
    'trunk',
  );
  expect([made.code, made.stderr]).toEqual([0, expect.stringContaining('access rules')]);
  const { clouds } = parse(made.stdout) as {
    clouds: Record<
      string,
      { auth: Record<'application_credential_id' | 'application_credential_secret', string> }
    >;
  };
  const { application_credential_id: id = '', application_credential_secret: secret = '' } =
    clouds['ovn-docker']?.auth ?? {};
  expect(made.stderr).not.toContain(secret);
  writeFileSync(file, made.stdout.replace(urls.identity, ApiProxy.identity), { mode: 0o600 });
  restore = await scene.configure({
    cloud: { clouds_yaml: CLOUDS, cloud: 'ovn-docker' },
    pool: { low: 0, high: 4 },
  });
  credential = { id, secret, rules: await rulesOf(id) };
});
afterAll(async () => {
  await restore();
  await scene.tidy();
  rmSync(file);
  await scene.end();
});

async function rulesOf(id: string): Promise<Rule[]> {
  const { body } = await scene.api.identity('GET', `auth/tokens`, { subject: scene.api.token });
  const { user } = body['token'] as { user: { id: string } };
  const shown = await scene.api.identity('GET', `users/${user.id}/application_credentials/${id}`);
  return (shown.body['application_credential'] as { access_rules: Rule[] }).access_rules;
}

it('scenario 50: a narrow credential carries an agent through its whole work, and each of its access rules is needed', async () => {
  await scene.proxy.forgetCalls();
  await scene.agent.restart();
  const group = await scene.api.create('security_group', { name: GROUP });
  const options = ['-o', `neutron.net.name=${NETWORK}`, '--ipam-opt', `neutron.net.name=${NETWORK}`];
  await scene.a.docker('network', 'create', ...DRIVERS, '--subnet', SUBNET, ...options, DOCKER_NETWORK);
  const existing = await scene.api.create('port', { network_id: scene.network.id, name: 'mine' });
  const [{ ip_address: ip }] = existing['fixed_ips'] as [{ ip_address: string }];
  try {
    const one = await scene.a.run(NETWORK, '--net=none');
    const label = `org.ovn-docker.security-groups=default,${GROUP}`;
    const two = await scene.a.dockerRun('--network', DOCKER_NETWORK, '--label', label);
    await waitFor('an answer', async () => scene.a.pings(one, (await scene.a.address(two)) ?? ''));
    const three = await scene.a.dockerRun('--network', DOCKER_NETWORK, '--ip', ip);
    expect(await scene.a.address(three)).toBe(ip);
    await scene.fill(2);
    await scene.a.docker('restart', '--time', '0', one, two);
    expect(await scene.agent.collectGarbage()).toEqual([]);
    const report = await scene.a.ovnDocker(['--network', NETWORK, 'doctor']);
    expect([report.code, report.stdout]).toEqual([
      0,
      expect.stringMatching(/\d+ access rules; expires in 29 days/),
    ]);
    await scene.a.remove(one, two, three);
    await scene.drain();
  } finally {
    await scene.a.cleanUp();
    await scene.a.docker('network', 'rm', DOCKER_NETWORK);
    await scene.api.delete('port', existing.id);
    await waitFor('the ports to be deleted', async () => (await scene.ports()).length === 0);
    await scene.api.delete('security_group', group.id);
  }
  const calls = await scene.proxy.calls();
  expect(calls.filter(({ outcome }) => outcome === 401)).toEqual([]);
  const isSent = ({ method, path }: Rule) => {
    const pattern = new RegExp(`^(/identity)?${path.replaceAll('*', '[^/?]+')}$`);
    return calls.some((call) => call.method === method && pattern.test(call.path.split('?')[0] ?? ''));
  };
  expect(credential.rules.filter((rule) => !isSent(rule))).toEqual([]);
});

it('scenario 50: a narrow credential allows nothing else, and the error names the forbidden request', async () => {
  const refused = await withCredential('create', 'network', 'forbidden');
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('[E_ACCESS_RULES]')]);
  expect(refused.stderr).toContain('allows POST /v2.0/networks');
  const made = scene.a.dockerRefusal(
    'network',
    'create',
    ...DRIVERS,
    '--subnet',
    '10.190.0.0/24',
    'forbidden',
  );
  expect(await made).toContain('POST /v2.0/networks');
  // A token of the credential is as narrow, also when another program got it.
  const { stdout: token } = await withCredential('token');
  const byToken = await scene.a.ovnDocker(['create', 'network', 'forbidden'], {
    OS_TOKEN: token.trim(),
    OS_AUTH_URL: urls.identity,
  });
  expect(byToken.stderr).toContain('[E_ACCESS_RULES]');
});

it('scenario 50: a deleted credential is refused, and the refusal does not blame access rules', async () => {
  const listed = await asTenant('credential', 'list');
  expect(listed.stdout).toContain(credential.id);
  expect(await asTenant('credential', 'delete', credential.id)).toMatchObject({ code: 0 });
  expect((await asTenant('credential', 'list')).stdout).not.toContain(credential.id);
  const refused = await withCredential('list', 'networks');
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('[E_TOKEN_REFUSED]')]);
  // A new agent needs a new token; Neutron may accept the old one for some minutes.
  await scene.agent.restart();
  const run = await scene.a.ovnDocker([`--network=${NETWORK}`, 'run', '--rm', '--net=none', IMAGE, 'true']);
  expect([run.code, run.stderr]).toEqual([1, expect.stringContaining('[E_TOKEN_REFUSED]')]);
  expect(scene.agent.log()).not.toContain(credential.secret);
});
