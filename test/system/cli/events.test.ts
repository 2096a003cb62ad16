import { openLab, startAgent, waitFor } from '@ovn-docker/lab';
import { afterEach, expect, it } from 'vitest';
import { AgentProcess } from '../../support/agent-process.ts';
import { leavesNoTraces } from '../../support/traces.ts';
import { Vm } from '../../support/vm.ts';
import { LAB } from '../raise-lab.ts';

const lab = openLab(LAB);
const vm = new Vm(lab, 'vm-a');
const { machine } = vm;

leavesNoTraces(lab);
afterEach(() => vm.cleanUp());

it('`ovn-docker events` shows the stages of attach and detach, and ends with the agent without delaying it', async () => {
  const agent = new AgentProcess(lab, 'vm-a');
  const claims = await agent.claims();
  await machine.start('viewer', ['ovn-docker', 'events']);
  await machine.start('viewer-json', ['ovn-docker', 'events', '--json']);
  const viewers = ['viewer', 'viewer-json'];
  // Containers start until both viewers have subscribed and see one.
  await waitFor('events', async () => {
    await vm.remove(await vm.run('mgmt', '--net=none'));
    return viewers.every((name) => machine.log(name).includes('plug port'));
  });
  const seen = machine.log('viewer-json').trimEnd().split('\n');
  expect(seen.map((line) => JSON.parse(line))).toContainEqual({
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    stage: 'plug port',
    direction: 'up',
    moment: 'after',
    hasWork: true,
    milliseconds: expect.any(Number),
    nics: [{ id: expect.any(String), vlan: expect.any(Number), port: expect.any(String) }],
  });
  expect(machine.log('viewer')).toMatch(
    /^\S+ \+ enter container +\d+\.\d ms {2}VLAN \d+ port [-0-9a-f]{36}$/m,
  );
  // A warm NIC has its VLAN and its port: those stages have nothing to do.
  expect(seen.map((line) => JSON.parse(line)).filter(({ hasWork }) => hasWork === false)).toEqual([]);
  // The agent learns of a removed container a little later. The next agent would wait a minute before it
  // takes the NIC away from it.
  await waitFor('the NICs to be released', async () => (await agent.claims()).length === claims.length);
  // The viewers end when the agent closes their connections, and the agent does not wait for them.
  await machine.stop('agent');
  const hasEnded = async (name: string) =>
    (await machine.run(['sh', '-c', `kill -0 "$(cat /run/${name}.pid)"`])).code !== 0;
  for (const name of viewers) await waitFor('the end of a viewer', () => hasEnded(name));
  await startAgent(machine);
});
