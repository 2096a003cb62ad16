import { openLab, openSsh, startAgent, waitFor } from '@ovn-docker/lab';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { Vm } from '../support/vm.ts';
import { LAB } from '../system/raise-lab.ts';
import { runPlaybook, unpackAnsible } from './ansible.ts';

/** examples/ansible/service.yaml, word by word, with the addresses of the lab. */
const lab = openLab(LAB);
const phys = lab.machine('phys');
const [a, b] = [new Vm(lab, 'vm-a'), new Vm(lab, 'vm-b')] as const;
const INVENTORY = '/run/inventory.yaml';
const containers = { 'vm-a': ['web-1', 'web-2'], 'vm-b': ['web-3'] } as const;

beforeAll(async () => {
  unpackAnsible();
  const [inA, inB] = await openSsh(lab, ['vm-a', 'vm-b']);
  const hosts = {
    'vm-a': { address: inA?.address, containers: containers['vm-a'] },
    'vm-b': { address: inB?.address, containers: containers['vm-b'] },
  };
  const vars = { user: 'root', network: 'service', image: 'busybox' };
  await phys.must(['sh', '-c', `cat > ${INVENTORY}`], { input: stringify({ vms: { hosts, vars } }) });
  await a.machine.must(['ovn-docker', 'create', 'network', 'service']);
}, 300_000);

afterAll(async () => {
  for (const vm of [a, b]) {
    await vm.machine.run(['docker', 'rm', '--force', ...containers[vm.name as 'vm-a']]);
    await vm.machine.run(['docker', 'network', 'rm', 'service']);
  }
  await a.machine.run(['ovn-docker', 'delete', 'network', 'service']);
}, 120_000);

const play = () => runPlaybook(lab, 'examples/ansible/service.yaml', INVENTORY);
const startOf = (vm: Vm, name: string) => vm.docker('inspect', '--format', '{{.State.StartedAt}}', name);
/** What a container of VM-A reads from another one of the service. */
const page = async (name: string, vm: Vm) => {
  const address = (await vm.address(name)) ?? '';
  return (await a.docker('exec', 'web-1', 'wget', '-q', '-O', '-', `http://${address}/`)).trim();
};

it('an orchestrator outside starts the service, and repairs it while the agent of one VM is dead', async () => {
  const first = await play();
  expect(first.stdout).toMatch(/vm-a .*failed=0[\s\S]*vm-b .*failed=0/);
  expect([await page('web-2', a), await page('web-3', b)]).toEqual(['web-2', 'web-3']);
  const before = [await startOf(a, 'web-1'), await startOf(a, 'web-2')];

  await a.docker('kill', 'web-2');
  await b.docker('kill', 'web-3');
  await b.machine.stop('agent', 'KILL');
  const repair = play();
  // The agent of VM-B returns, as systemd starts it again, when the service is repaired in VM-A.
  const isRepaired = async () => (await startOf(a, 'web-2')) !== before[1];
  await waitFor('the container in VM-A', isRepaired, 300_000);
  await startAgent(b.machine);
  const second = await repair;
  expect(second.stdout).toMatch(/FAILED - RETRYING: \[vm-b\]: The agent answers/);
  expect(second.stdout).toMatch(/vm-a .*failed=0[\s\S]*vm-b .*failed=0/);
  expect([await page('web-2', a), await page('web-3', b)]).toEqual(['web-2', 'web-3']);
  expect(await startOf(a, 'web-1')).toBe(before[0]);

  const third = await play();
  expect(third.stdout).toMatch(/vm-a .*changed=0[\s\S]*vm-b .*changed=0/);
}, 1_500_000);
