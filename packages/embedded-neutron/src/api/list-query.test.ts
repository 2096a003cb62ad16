import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Backend } from '../backend.ts';
import { ports } from '../resources/port/resource.ts';
import { applyQuery } from './list-query.ts';
import type { Wire } from './resource.ts';

/** No filter of ports reads the database. */
const backend = {} as Backend;
const url = (query: string) => new URL(`http://h:1/v2.0/ports?${query}`);
const port = (id: string, more: object = {}): Wire => ({
  id,
  name: `n${id}`,
  tags: [],
  fixed_ips: [],
  ...more,
});
const idsOf = (all: readonly Wire[], query: string) =>
  applyQuery({ resource: ports, backend }, all, url(query)).items.map(({ id }) => id);

test('the links of all pages lead to each item once, in order, in both directions', () => {
  const items = fc.uniqueArray(fc.stringMatching(/^[a-f0-9]{4}$/), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(items, fc.integer({ min: 1, max: 9 }), fc.boolean(), (ids, limit, backwards) => {
      const all = ids.map((id) => port(id, { name: id.slice(0, 1) }));
      const seen: unknown[] = [];
      let next: URL | undefined = url(
        `limit=${limit}&sort_key=name&sort_dir=asc${backwards ? '&page_reverse=True' : ''}`,
      );
      while (next) {
        const { items: page, links } = applyQuery({ resource: ports, backend }, all, next);
        if (backwards) seen.unshift(...page.map(({ id }) => id));
        else seen.push(...page.map(({ id }) => id));
        const link = links.find(({ rel }) => rel === (backwards ? 'previous' : 'next'));
        next = link && new URL(link.href);
      }
      expect(seen).toEqual(idsOf(all, 'sort_key=name&sort_dir=asc'));
      expect(seen).toHaveLength(ids.length);
    }),
  );
});

test('filters select items by value, address and tag', () => {
  const all = [
    port('1', { fixed_ips: [{ subnet_id: 's', ip_address: '10.11.0.50' }], admin_state_up: true }),
    port('2', { tags: ['a', 'b'], admin_state_up: false, name: '' }),
  ];
  expect(idsOf(all, 'id=1&id=2')).toEqual(['1', '2']);
  expect(idsOf(all, 'admin_state_up=True')).toEqual(['1']);
  expect(idsOf(all, 'name=')).toEqual(['1', '2']);
  expect(idsOf(all, 'fixed_ips=ip_address=10.11.0.50')).toEqual(['1']);
  expect(idsOf(all, 'fixed_ips=subnet_id=s&fixed_ips=ip_address_substr=11.0')).toEqual(['1']);
  expect(idsOf(all, 'tags=a,b')).toEqual(['2']);
  expect(idsOf(all, 'not-tags-any=b,c')).toEqual(['1']);
  expect(applyQuery({ resource: ports, backend }, all, url('fields=name&id=1')).items).toEqual([
    { name: 'n1' },
  ]);
});
