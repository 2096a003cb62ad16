import { expect, it } from 'vitest';
import { createWarmWorld } from '../../test/support/warm-world.ts';
import type { Engine } from '../nics/engine.ts';
import { addSecurityGroups } from './add-security-groups.ts';

it('scenario 44: while Neutron is away, a container without further groups keeps its warm NIC', async () => {
  const { engine } = await createWarmWorld(1);
  const [nic] = engine.nics.all();
  if (!nic) throw new Error('the world has no NIC');
  const away: Engine = Object.assign(Object.create(engine), {
    unconfirmed: 'connection refused',
    confirm: () => Promise.reject(new Error('connection refused')),
  });
  await addSecurityGroups(away, nic, []);
  await expect(addSecurityGroups(away, nic, ['web'])).rejects.toThrow('connection refused');
});
