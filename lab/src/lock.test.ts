import { expect, it } from 'vitest';
import { lockLab } from './lock.ts';

it('a second caller cannot lock a lab of the same name until the first has released the lock', async () => {
  const name = `l${process.pid % 10_000_000}`;
  {
    await using _first = await lockLab(name);
    await expect(lockLab(name)).rejects.toMatchObject({ code: 'LAB_BUSY' });
    await using _other = await lockLab(`${name}x`);
  }
  await using _next = await lockLab(name);
});
