import { expect, it } from 'vitest';
import { InTurn, Turns } from './in-turn.ts';

it('runs work one after the other, in order, also after a failure', async () => {
  const queue = new Turns();
  const order: string[] = [];
  const work =
    (name: string, fail = false) =>
    async () => {
      order.push(`${name} begins`);
      await Promise.resolve();
      order.push(`${name} ends`);
      if (fail) throw new Error(name);
    };
  const first = queue.run(work('a', true));
  const second = queue.run(work('b'));
  await expect(first).rejects.toThrow('a');
  await second;
  expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
});

it('only work under the same key waits', async () => {
  const queues = new InTurn();
  const gate = Promise.withResolvers<void>();
  const slow = queues.run('x', () => gate.promise);
  const waiting = queues.run('x', async () => 'waiting');
  await expect(queues.run('y', async () => 'other')).resolves.toBe('other');
  gate.resolve();
  await slow;
  await expect(waiting).resolves.toBe('waiting');
});
