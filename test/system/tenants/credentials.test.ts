import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openLab, urls } from '@ovn-docker/lab';
import { afterAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { leavesNoTraces } from '../../support/traces.ts';
import { Vm } from '../../support/vm.ts';
import { LAB } from '../raise-lab.ts';

/** The credential that a command uses, in a VM whose agent has its own credential. */
const lab = openLab(LAB);
leavesNoTraces(lab);
const a = new Vm(lab, 'vm-a');
const configuration = join(lab.machine('vm-a').places.data, 'etc', 'ovn-docker');
const { clouds } = parse(readFileSync(join(configuration, 'clouds.yaml'), 'utf8')) as {
  clouds: { lab: { auth: { application_credential_secret: string } } };
};
const secret = clouds.lab.auth.application_credential_secret;
const own = join(configuration, 'own.yaml');

afterAll(() => rmSync(own, { force: true }));

/** The lab's own application credential, which is restricted, named as in an openrc file. */
const byName = {
  OS_AUTH_URL: urls.identity,
  OS_AUTH_TYPE: 'v3applicationcredential',
  OS_APPLICATION_CREDENTIAL_NAME: 'ovn-docker',
  OS_APPLICATION_CREDENTIAL_SECRET: secret,
  OS_USERNAME: 'alice',
  OS_USER_DOMAIN_NAME: 'Default',
};

it('a restricted application credential is found by its name', async () => {
  const listed = await a.ovnDocker(['list', 'networks'], byName);
  expect(listed).toMatchObject({ code: 0, stdout: expect.stringContaining('mgmt') });
  const refused = await a.ovnDocker(['list', 'networks'], { ...byName, OS_USERNAME: 'bob' });
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('E_TOKEN_REFUSED') });
  expect(refused.stderr).not.toContain(secret);
});

it('with the openrc of another cloud, the command asks that cloud and not the VM’s cloud', async () => {
  // The VM's own loopback address, on a port without a listener.
  const foreign = { OS_AUTH_URL: 'http://127.0.0.1:9/v3', OS_USERNAME: 'alice', OS_PASSWORD: 'hers' };
  const asked = await a.ovnDocker(['list', 'networks'], foreign);
  expect(asked).toMatchObject({ code: 1, stderr: expect.stringContaining('127.0.0.1:9') });
  const named = await a.ovnDocker(['--os-cloud=lab', 'list', 'networks'], foreign);
  expect(named).toMatchObject({ code: 0, stdout: expect.stringContaining('mgmt') });
});

it('a cloud is found by its name in the user’s own file', async () => {
  const { OS_AUTH_URL: auth_url } = byName;
  const auth = {
    auth_url,
    application_credential_name: 'ovn-docker',
    application_credential_secret: secret,
    username: 'alice',
    user_domain_name: 'Default',
  };
  writeFileSync(own, JSON.stringify({ clouds: { mine: { auth } } }), { mode: 0o600 });
  const env = { OS_CLIENT_CONFIG_FILE: '/etc/ovn-docker/own.yaml', OS_CLOUD: 'mine' };
  expect(await a.ovnDocker(['list', 'networks'], env)).toMatchObject({ code: 0 });
  const refused = await a.ovnDocker(['--os-cloud=mine', '--network=mgmt', 'run', 'busybox'], env);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('E_USAGE') });
});
