import { expect, it } from 'vitest';
import { addBridge, openMemorySwitch } from '../../../test/support/memory-switch.ts';

it('a port is found as long as the bridge has it', async () => {
  await using world = await openMemorySwitch([{ name: 'br0' }, { name: 'ovn-7', tag: 7 }]);
  const { otherProgram, vmSwitch, synchronise } = world;
  expect(vmSwitch.port('ovn-7')).toMatchObject({ name: 'ovn-7', vlan: 7 });
  await addBridge(otherProgram, 'br1', [{ name: 'ovn-8', tag: 8 }]);
  await synchronise();
  expect(vmSwitch.port('ovn-8')).toBeUndefined();

  const [port] = otherProgram.find('Port', { name: 'ovn-7' });
  const ports = port ? [port._uuid] : [];
  const move = otherProgram.transaction();
  for (const { _uuid, name } of otherProgram.rows('Bridge').values())
    move.mutate('Bridge', _uuid, name === 'br0' ? { delete: { ports } } : { insert: { ports } });
  await move.commit();
  await synchronise();
  expect(vmSwitch.port('ovn-7')).toBeUndefined();

  const back = otherProgram.transaction();
  for (const { _uuid, name } of otherProgram.rows('Bridge').values())
    back.mutate('Bridge', _uuid, name === 'br1' ? { delete: { ports } } : { insert: { ports } });
  await back.commit();
  await synchronise();
  expect(vmSwitch.port('ovn-7')).toMatchObject({ vlan: 7 });
  await otherProgram.transaction().delete('Bridge', { name: 'br0' }).commit();
  await synchronise();
  expect(vmSwitch.port('ovn-7')).toBeUndefined();
});
