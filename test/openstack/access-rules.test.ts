import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openLab, startNeutron, urls } from '@ovn-docker/lab';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Vm } from '../support/vm.ts';
import { LAB } from '../system/raise-lab.ts';

/** A narrow credential on a Neutron that its operator did not prepare for access rules. */
const lab = openLab(LAB);
const vm = new Vm(lab, 'vm-a');
const api = lab.machine('api');
const CLOUDS = '/etc/ovn-docker/unprepared.yaml';
const CONFIG = '/etc/neutron/neutron.conf';
const file = join(vm.machine.places.data, CLOUDS);
const env = { OS_CLIENT_CONFIG_FILE: CLOUDS, OS_CLOUD: 'ovn-docker' };
const password = {
  OS_AUTH_URL: urls.identity,
  OS_USERNAME: 'alice',
  OS_PASSWORD: lab.state.tenants.alice.password,
  OS_PROJECT_NAME: 'alice',
};

async function restartNeutron(edit: string): Promise<void> {
  await api.must(['sed', '-i', edit, CONFIG]);
  // SIGKILL to the first process may leave the API worker running, which still answers.
  await api.stop('neutron-server', 'TERM');
  await startNeutron(api);
}

beforeAll(async () => {
  const made = await vm.ovnDocker(
    ['credential', 'create', '--vm', lab.state.vms['vm-a']?.portId ?? '', '--expires', '1d'],
    password,
  );
  expect(made).toMatchObject({ code: 0 });
  writeFileSync(file, made.stdout, { mode: 0o600 });
  await restartNeutron('s/^service_type = network/# &/');
});
afterAll(async () => {
  await restartNeutron('s/^# \\(service_type = network\\)/\\1/');
  const [, id = ''] =
    /application_credential_id: (\S+)/.exec((await vm.machine.must(['cat', CLOUDS])).trim()) ?? [];
  expect(await vm.ovnDocker(['credential', 'delete', id], password)).toMatchObject({ code: 0 });
  rmSync(file);
});

it('scenario 50: a Neutron without `service_type` refuses every narrow credential: doctor names the setting', async () => {
  const report = await vm.ovnDocker(['doctor'], env);
  expect(report.stdout).toMatch(/✗ extensions .*E_RULES_UNSUPPORTED/);
  expect(report.stdout).toContain('service_type = network');
  expect(report.stdout).toMatch(/17 access rules; expires .* in 0 days/);
});
