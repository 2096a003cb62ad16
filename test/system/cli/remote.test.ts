import { basename } from 'node:path';
import { type CommandResult, openLab, openSsh, reconfigureAgent, startAgent, waitFor } from '@ovn-docker/lab';

import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { leavesNoTraces } from '../../support/traces.ts';
import { IMAGE, STAY, Vm } from '../../support/vm.ts';
import { LAB } from '../raise-lab.ts';

/** A person on the physical machine drives VM-A over its management address. */
const lab = openLab(LAB);
const vm = new Vm(lab, 'vm-a');
const phys = lab.machine('phys');
let address = '';
let otherAddress = '';
leavesNoTraces(lab);
afterEach(() => vm.tidy('mgmt'));

/** What each ssh of a command was called with. */
const CALLS = '/run/ssh-calls';

beforeAll(async () => {
  const opened = await openSsh(lab, ['vm-a', 'vm-b']);
  [address = '', otherAddress = ''] = opened.map((each) => each.address);
  const wrapper = `#!/bin/sh\necho "$*" >> ${CALLS}\nexec /usr/bin/ssh "$@"\n`;
  await phys.must(['sh', '-ec', 'cat > /usr/local/bin/ssh; chmod 755 /usr/local/bin/ssh'], {
    input: wrapper,
  });
});
afterAll(() => phys.run(['rm', '-rf', '/usr/local/bin/ssh', CALLS, '/run/docker-config']));

/** Runs `ovn-docker --host ssh://root@VM-A …` on the physical machine. */
const outside = (
  args: readonly string[],
  options: { input?: string; env?: Record<string, string>; user?: string } = {},
): Promise<CommandResult> =>
  phys.run(['ovn-docker', '--host', `ssh://${options.user ?? 'root'}@${address}`, ...args], options);

/** Returns the calls of ssh since the last time. */
const sshCalls = async () =>
  (await phys.run(['sh', '-c', `cat ${CALLS}; rm -f ${CALLS}`])).stdout.split('\n').filter(Boolean);

it('`run` outside the VM is `docker run` in the VM: exit code, standard input, --detach', async () => {
  const { code, stdout } = await outside([
    '--network=mgmt',
    'run',
    '--rm',
    IMAGE,
    'sh',
    '-c',
    'ip addr; exit 7',
  ]);
  expect({ code, stdout }).toMatchObject({
    code: 7,
    stdout: expect.stringMatching(/inet 10\.1\.0\.\d+\/24/),
  });
  // cat ends when the end of the input reaches it, and then its output returns.
  const piped = await outside(['--network=mgmt', 'run', '--rm', '-i', IMAGE, 'cat'], {
    input: 'through the VM',
  });
  expect(piped).toMatchObject({ code: 0, stdout: 'through the VM' });

  await sshCalls();
  const started = await outside([
    '--network=mgmt',
    'run',
    '-d',
    '--net=none',
    '--name',
    'far',
    IMAGE,
    ...STAY,
  ]);
  expect(started).toMatchObject({ code: 0, stdout: expect.stringMatching(/^[0-9a-f]{64}\n$/) });
  expect(await vm.address('far')).toMatch(/^10\.1\.0\./);
  // One connection carries the requests to the agent and all connections of the docker command.
  expect(await sshCalls()).toEqual([
    `-T -o ConnectTimeout=30 -l root -- ${address} ovn-docker system dial-stdio --streams`,
  ]);
  const { stdout: status } = await outside(['status', '--json']);
  expect(JSON.parse(status).nics).toContainEqual(
    expect.objectContaining({ container: started.stdout.trim(), network: 'mgmt' }),
  );
  await vm.remove('far');
});

it('Ctrl-C on a terminal reaches the container once, and the command exits with the container’s code', async () => {
  const program =
    'n=40; trap "n=\\$((n+1)); echo got \\$n" INT; trap "exit \\$n" TERM; echo ready; while :; do sleep 0.1; done';
  const script = `trap : INT\novn-docker --host ssh://root@${address} --network=mgmt run --name far ${IMAGE} sh -c '${program}'\necho "code $?"\n`;
  await phys.must(['sh', '-c', 'cat > /run/far.sh; : > /run/keys'], { input: script });
  const command = 'script -qc "sh /run/far.sh" /dev/null';
  await phys.start('terminal', ['sh', '-c', `tail -n +1 -f /run/keys | ${command}`]);
  await phys.waitForLog('terminal', 'ready');
  await phys.must(['sh', '-c', "printf '\\003' >> /run/keys"]);
  await phys.waitForLog('terminal', 'got 41');
  await vm.docker('kill', '--signal', 'TERM', 'far');
  await phys.waitForLog('terminal', 'code 41');
  await vm.remove('far');
  // tail ends when it cannot write any more.
  await phys.must(['sh', '-c', 'echo >> /run/keys']);
});

it('DOCKER_HOST and a Docker context choose the VM, as for docker', async () => {
  const host = `ssh://root@${address}`;
  const env = { DOCKER_CONFIG: '/run/docker-config' };
  await phys.must(['docker', 'context', 'create', 'vm-a', '--docker', `host=${host}`], { env });
  const variants = [
    { words: ['status'], env: { DOCKER_HOST: host } },
    { words: ['status'], env: { ...env, DOCKER_CONTEXT: 'vm-a' } },
  ];
  for (const { words, env: variables } of variants) {
    const { code, stdout } = await phys.run(['ovn-docker', ...words], { env: variables });
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('bridge br0') });
  }
});

it('the caller’s token reaches the agent, and no argument of a process contains it', async () => {
  await sshCalls();
  const env = { OS_TOKEN: 'hunter22' };
  const refused = await outside(['--network=mgmt', 'run', '-d', IMAGE, ...STAY], { env });
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('E_TOKEN_REFUSED') });
  const checked = await outside(['doctor'], { env });
  expect(checked).toMatchObject({ code: 1, stdout: expect.stringContaining('E_TOKEN_REFUSED') });
  const calls = await sshCalls();
  expect(calls).toHaveLength(2);
  expect(calls.join()).not.toContain('hunter22');
});

it('`doctor` and `vif-id` run in the VM, with their exit codes', async () => {
  const { portId } = lab.state.vms['vm-a'] ?? {};
  expect(await outside(['vif-id'])).toMatchObject({ code: 0, stdout: `${portId}\n` });
  const healthy = await outside(['doctor', '--json']);
  expect(healthy.code).toBe(0);
  expect(JSON.parse(healthy.stdout)).toMatchObject({ ok: true });
  expect(await outside(['--network=it’s none', 'doctor'])).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('no network "it’s none"'),
  });
});

it('`health` shows the containers of several VMs in one table, and a VM that does not answer', async () => {
  const id = await vm.run('mgmt', '--net=none', '--name', 'far');
  const hosts = (...addresses: string[]) => addresses.flatMap((each) => ['--host', `ssh://root@${each}`]);
  const both = await phys.run(['ovn-docker', ...hosts(address, otherAddress), 'health', '--json']);
  expect(both, both.stderr).toMatchObject({ code: 0 });
  const shown = JSON.parse(both.stdout) as { hosts: { host: string; containers: { id: string }[] }[] };
  expect(shown.hosts.map(({ containers }) => containers.some((each) => each.id === id))).toEqual([
    true,
    false,
  ]);
  const table = await phys.run(['ovn-docker', ...hosts(address, '10.1.0.250'), 'health']);
  expect(table.code).toBe(1);
  expect(table.stdout).toMatch(/far +good/);
  expect(table.stdout).toMatch(/10\.1\.0\.250 +- +no answer.*E_SSH/s);
  await vm.remove('far');
});

it('a user of the VM needs the rights on the socket, which `socket_group` gives', async () => {
  const { machine } = vm;
  await machine.must(['sh', '-c', 'echo "carol:x:4711:4711::/tmp:/bin/sh" >> /etc/passwd']);
  const refused = await outside(['status'], { user: 'carol' });
  expect(refused).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/user carol may not open \S+agent\.sock in the VM \[E_SOCKET_DENIED\]/),
  });
  expect(refused.stderr).toContain('hint: name a group in `socket_group`');
  const restore = await reconfigureAgent(machine, { socket_group: '4711' });
  expect(await outside(['status'], { user: 'carol' })).toMatchObject({ code: 0 });
  await restore();
});

it('each way in which a VM cannot be reached has its own message', async () => {
  const { machine } = vm;
  await machine.stop('agent');
  expect((await outside(['pool', 'list'])).stderr).toContain(
    'no agent answers on /run/ovn-docker/agent.sock in the VM',
  );
  await startAgent(machine);
  const elsewhere = (host: string) => phys.run(['ovn-docker', '--host', host, 'status']);
  expect((await elsewhere(`ssh://root@${address}:9`)).stderr).toMatch(/Connection refused \[E_SSH\]/);
  expect((await elsewhere(`ssh://nobody.of.vm@${address}`)).stderr).toMatch(/Permission denied.* \[E_SSH\]/);
  expect((await elsewhere(`tcp://${address}:2375`)).stderr).toContain('[E_HOST]');
  await machine.must(['mv', '/usr/local/bin/ovn-docker', '/usr/local/bin/away']);
  expect((await outside(['status'])).stderr).toContain('[E_NO_PROGRAM]');
  expect((await outside(['doctor'])).stderr).toContain('[E_NO_PROGRAM]');
  await machine.must(['mv', '/usr/local/bin/away', '/usr/local/bin/ovn-docker']);
});

it('when the connection breaks, the command ends and says so', async () => {
  await phys.start('far-events', ['ovn-docker', '--host', `ssh://root@${address}`, 'events']);
  const dial =
    'for p in /proc/[0-9]*; do tr "\\0" " " < $p/cmdline 2>/dev/null | grep -q "dial-stdio --stream[s]" && echo $p; done';
  const pid = await waitFor('the program in the VM', async () => {
    const { stdout } = await vm.machine.run(['sh', '-c', dial]);
    return stdout.trim().split('\n').at(-1) || undefined;
  });
  await vm.machine.must(['kill', '-KILL', basename(pid)]);
  await phys.waitForLog('far-events', '[E_SSH]');
});
