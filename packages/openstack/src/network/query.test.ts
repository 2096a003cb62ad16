import { expect, test } from 'vitest';
import { splitQuery, toQueryString } from './query.ts';

const ids = (count: number) => Array.from({ length: count }, () => crypto.randomUUID());

test('a short query is not split', () => {
  const query = { id: ids(50), fields: ['id', 'name'] };
  expect(splitQuery(query)).toEqual([query]);
});

test('a list of ids that is too long for a URL is split without losing or repeating an id', () => {
  const network_id = ids(4094);
  const parts = splitQuery({ network_id, fields: ['id', 'name'], status: ['ACTIVE', 'DOWN'] });
  expect(parts.flatMap((part) => part['network_id'])).toEqual(network_id);
  for (const part of parts) {
    expect(toQueryString(part).length).toBeLessThanOrEqual(4000);
    expect(part).toMatchObject({ fields: ['id', 'name'], status: ['ACTIVE', 'DOWN'] });
  }
});

test('a query without a filter that can be split stays whole', () => {
  const query = { fields: ids(200) };
  expect(splitQuery(query)).toEqual([query]);
});
