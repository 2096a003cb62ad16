import { openLab } from '@ovn-docker/lab';
import { expect, it } from 'vitest';
import { moveVm } from '../../support/move-vm.ts';
import { leavesNoTraces } from '../../support/traces.ts';
import { Vm } from '../../support/vm.ts';
import { LAB } from '../raise-lab.ts';

/** `ovn-docker isolation`, with which tenants and operators test their cloud. VM-A and VM-B are alice's. */
const lab = openLab(LAB);
const [a, b] = [new Vm(lab, 'vm-a'), new Vm(lab, 'vm-b')];

leavesNoTraces(lab);

/** Lets VM-B receive what VM-A sends. Returns VM-B's output and exit code. */
async function testIsolation(): Promise<string> {
  const { machine } = b;
  const from = machine.log('isolation').length;
  const receive = 'ovn-docker isolation receive --seconds 60; echo exit code $?';
  await machine.start('isolation', ['sh', '-c', receive]);
  await machine.waitForLog('isolation', 'isolation send', from);
  const target = /isolation send (\S+)/.exec(machine.log('isolation').slice(from))?.[1] ?? '';
  const sent = await a.ovnDocker(['isolation', 'send', target]);
  expect([sent.code, sent.stderr]).toEqual([0, '']);
  await machine.waitForLog('isolation', 'exit code', from);
  return machine.log('isolation').slice(from);
}

it('`ovn-docker isolation` shows that no forged frame reaches a VM on another hypervisor', async () => {
  const output = await testIsolation();
  expect(output).toContain('✓  one tag: ordinary frames          16 of 16  arrive');
  expect(output).toContain('✓  two tags, after ordinary frames   0 of 16   be dropped');
  expect(output).toContain('exit code 0');
});

it('`ovn-docker isolation` shows that forged frames reach a VM on the same hypervisor, because a cached flow of OVS lets them through', async () => {
  await moveVm(lab, 'vm-b', 'hv2', 'hv1');
  try {
    const output = await testIsolation();
    expect(output).toContain('✓  two tags, before ordinary frames  0 of 16   be dropped');
    expect(output).toContain('✗  two tags, after ordinary frames   16 of 16  be dropped');
    expect(output).toContain('exit code 1');
  } finally {
    await moveVm(lab, 'vm-b', 'hv1', 'hv2');
  }
});

it('`ovn-docker isolation` says that a test without ordinary frames shows nothing, and sends nothing to other tenants', async () => {
  const { code, stderr } = await b.ovnDocker(['isolation', 'receive', '--seconds', '1']);
  expect([code, stderr]).toEqual([1, expect.stringContaining('[E_TEST_INCONCLUSIVE]')]);
  const bobs = `${lab.state.vms['vm-c']?.mac},4000,0badcafe`;
  const refused = await a.ovnDocker(['isolation', 'send', bobs]);
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('[E_USAGE]')]);
});
