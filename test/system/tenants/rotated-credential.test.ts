import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { openLab, urls } from '@ovn-docker/lab';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { configureAgent } from '../../support/agent-config.ts';
import { Api } from '../../support/api.ts';
import { leavesNoTraces } from '../../support/traces.ts';
import { Vm } from '../../support/vm.ts';
import { LAB } from '../raise-lab.ts';

/** Scenario 50: the tenant replaces the agent's application credential while the agent works. */
const lab = openLab(LAB);
const CLOUDS = '/etc/ovn-docker/rotated.yaml';
const a = new Vm(lab, 'vm-a');
const agent = lab.machine('vm-a');
const file = join(agent.places.data, CLOUDS);

let api: Api;
let path: string;
let restore: () => Promise<void>;
let first: Credential;
const made: Credential[] = [];

interface Credential {
  readonly id: string;
  readonly secret: string;
}

beforeAll(async () => {
  api = await Api.login(lab, 'alice');
  const { body } = await api.identity('GET', 'auth/tokens', { subject: api.token });
  path = `users/${(body['token'] as { user: { id: string } }).user.id}/application_credentials`;
  first = await create('first');
  await write(first);
  restore = await configureAgent(lab, 'vm-a', {
    cloud: { clouds_yaml: CLOUDS, cloud: 'rotated' },
    pool: { high: 0 },
  });
});
afterAll(async () => {
  await restore();
  for (const { id } of made) await api.identity('DELETE', `${path}/${id}`);
  rmSync(file, { force: true });
});
leavesNoTraces(lab);

async function create(name: string): Promise<Credential> {
  const secret = `secret-of-${name}`;
  const { body } = await api.identity('POST', path, {
    body: { application_credential: { name: `rotated-${name}`, secret } },
  });
  const credential = { id: (body['application_credential'] as { id: string }).id, secret };
  made.push(credential);
  return credential;
}

/** Replaces the file in one step, inside the VM: its overlay does not see a rename below it. */
async function write({ id, secret }: Credential): Promise<void> {
  const auth = {
    auth_url: urls.identity,
    application_credential_id: id,
    application_credential_secret: secret,
  };
  const rotated = { auth_type: 'v3applicationcredential', auth };
  const script = `umask 077; cat > ${CLOUDS}.new && mv ${CLOUDS}.new ${CLOUDS}`;
  await agent.must(['sh', '-c', script], { input: stringify({ clouds: { rotated } }) });
}

const logged = async (words: string, work: () => Promise<unknown>) => {
  const from = agent.log('agent').length;
  await work();
  return agent.waitForLog('agent', words, from);
};

it('scenario 50: a rotated credential: the agent uses the new one without a restart, and keeps the old one until it can', async () => {
  const second = await create('second');
  await logged('a changed credential cannot be used', () =>
    agent.must(['sh', '-c', `printf 'clouds: {rotated: {' > ${CLOUDS}`]),
  );
  const container = await a.run('mgmt', '--net=none');
  await logged('credential replaced', () => write(second));
  await api.identity('DELETE', `${path}/${first.id}`);
  const another = await a.run('mgmt', '--net=none');
  await a.remove(container, another);
  expect(agent.log('agent')).not.toMatch(/secret-of-(first|second)/);
});

it('scenario 50: a credential that was deleted before its successor is written: the agent recovers by itself', async () => {
  for (const { id } of made.splice(0)) await api.identity('DELETE', `${path}/${id}`);
  const refused = await a.ovnDocker([
    '--network=mgmt',
    'run',
    '-d',
    '--net=none',
    'busybox',
    'sleep',
    '1000',
  ]);
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('E_TOKEN_REFUSED')]);
  const third = await create('third');
  await logged('credential replaced', () => write(third));
  await a.remove(await a.run('mgmt', '--net=none'));
});
