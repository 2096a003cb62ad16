import { expect, it } from 'vitest';
import { InBatches } from './in-batches.ts';

function recorded(mayShare?: (first: string, other: string) => boolean) {
  const sent: string[][] = [];
  const gates: PromiseWithResolvers<void>[] = [];
  const batches = new InBatches<string>(async (batch) => {
    sent.push([...batch]);
    const gate = Promise.withResolvers<void>();
    gates.push(gate);
    await gate.promise;
  }, mayShare);
  /** Ends the batch that is being sent, and lets the next one begin. */
  const finishBatch = async () => {
    gates.at(-1)?.resolve();
    await new Promise(setImmediate);
  };
  return { batches, sent, finishBatch };
}

it('sends the first item at once, and those that arrive meanwhile together', async () => {
  const { batches, sent, finishBatch } = recorded();
  batches.add('a');
  batches.add('b');
  batches.add('c');
  expect(sent).toEqual([['a']]);
  await finishBatch();
  expect(sent).toEqual([['a'], ['b', 'c']]);
  await finishBatch();
  batches.add('d');
  expect(sent).toEqual([['a'], ['b', 'c'], ['d']]);
});

it('keeps the order of items that may not share a batch', async () => {
  const { batches, sent, finishBatch } = recorded((first, other) => first[0] === other[0]);
  for (const item of ['a1', 'a2', 'a3', 'b1', 'a4']) batches.add(item);
  for (let n = 0; n < 4; n++) await finishBatch();
  expect(sent).toEqual([['a1'], ['a2', 'a3'], ['b1'], ['a4']]);
});
