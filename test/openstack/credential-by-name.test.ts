import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openLab, urls } from '@ovn-docker/lab';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { configureAgent } from '../support/agent-config.ts';
import { leavesNoTraces } from '../support/traces.ts';
import { Vm } from '../support/vm.ts';
import { LAB } from '../system/raise-lab.ts';

/** An application credential given by its name and its user, instead of its id. */
const lab = openLab(LAB);
const vm = new Vm(lab, 'vm-a');
const etc = join(vm.machine.places.data, 'etc', 'ovn-docker');
const file = join(etc, 'clouds-by-name.yaml');
let restore: () => Promise<void>;

beforeAll(async () => {
  const { auth } = parse(readFileSync(join(etc, 'clouds.yaml'), 'utf8')).clouds.lab;
  const byName = {
    auth_type: 'v3applicationcredential',
    auth: {
      auth_url: urls.identity,
      username: 'alice',
      user_domain_name: 'Default',
      application_credential_name: 'ovn-docker',
      application_credential_secret: auth.application_credential_secret,
    },
  };
  writeFileSync(file, stringify({ clouds: { named: byName } }), { mode: 0o600 });
  restore = await configureAgent(lab, 'vm-a', {
    cloud: { clouds_yaml: '/etc/ovn-docker/clouds-by-name.yaml', cloud: 'named' },
    pool: { high: 0 },
  });
});
afterAll(async () => {
  await restore();
  rmSync(file);
});
leavesNoTraces(lab);

it('the agent works with an application credential given by name', async () => {
  const container = await vm.run('mgmt', '--net=none');
  expect(await vm.address(container)).toMatch(/^10\.1\.0\./);
  await vm.remove(container);
});

it('the command line works with an application credential given by name', async () => {
  const { code, stdout } = await vm.ovnDocker(['list', 'networks']);
  expect([code, stdout]).toEqual([0, expect.stringContaining('mgmt')]);
});
