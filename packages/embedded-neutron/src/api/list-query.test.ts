import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Backend } from '../backend.ts';
import { limits } from '../limits.ts';
import { ports } from '../resources/port/resource.ts';
import { listPage } from './list-query.ts';
import type { Resource, Wire } from './resource.ts';

const url = (query: string) => new URL(`http://h:1/v2.0/ports?${query}`);
const port = (id: string, more: object = {}): Wire => ({
  id,
  name: `n${id}`,
  tags: [],
  fixed_ips: [],
  ...more,
});
const caller = { userId: 'u', projectId: 'p', roles: [] };
/** A page of a list of these items, which no index helps to find. */
const page = (all: readonly Wire[], query: URL) => {
  const ids = all.map(({ id }) => String(id)).sort();
  const backend = { nb: { sortedKeys: () => ids } } as unknown as Backend;
  const look: Resource['look'] = (_backend, _caller, id) => all.find((item) => item['id'] === id);
  return listPage({ resource: { ...ports, indexes: new Map(), look }, backend }, caller, query);
};
const idsOf = async (all: readonly Wire[], query: string) =>
  (await page(all, url(query))).items.map(({ id }) => id);

test.each(['sort_key=name&sort_dir=asc', 'fields=id'])(
  'the links of all pages lead to each item once, in order, in both directions: %s',
  async (sorting) => {
    const items = fc.uniqueArray(fc.stringMatching(/^[a-f0-9]{4}$/), { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(items, fc.integer({ min: 1, max: 9 }), fc.boolean(), async (ids, limit, backwards) => {
        const all = ids.map((id) => port(id, { name: id.slice(0, 1) }));
        const seen: unknown[] = [];
        let next: URL | undefined = url(`limit=${limit}&${sorting}${backwards ? '&page_reverse=True' : ''}`);
        while (next) {
          const { items: found, links } = await page(all, next);
          if (backwards) seen.unshift(...found.map(({ id }) => id));
          else seen.push(...found.map(({ id }) => id));
          const link = links.find(({ rel }) => rel === (backwards ? 'previous' : 'next'));
          next = link && new URL(link.href);
        }
        expect(seen).toEqual(await idsOf(all, sorting));
        expect(seen).toHaveLength(ids.length);
      }),
    );
  },
);

test('filters select items by value, address and tag', async () => {
  const all = [
    port('1', { fixed_ips: [{ subnet_id: 's', ip_address: '10.11.0.50' }], admin_state_up: true }),
    port('2', { tags: ['a', 'b'], admin_state_up: false, name: '' }),
  ];
  expect(await idsOf(all, 'id=1&id=2')).toEqual(['1', '2']);
  expect(await idsOf(all, 'admin_state_up=True')).toEqual(['1']);
  expect(await idsOf(all, 'name=')).toEqual(['1', '2']);
  expect(await idsOf(all, 'fixed_ips=ip_address=10.11.0.50')).toEqual(['1']);
  expect(await idsOf(all, 'fixed_ips=subnet_id=s&fixed_ips=ip_address_substr=11.0')).toEqual(['1']);
  expect(await idsOf(all, 'tags=a,b')).toEqual(['2']);
  expect(await idsOf(all, 'not-tags-any=b,c')).toEqual(['1']);
  expect((await page(all, url('fields=name&id=1'))).items).toEqual([{ name: 'n1' }]);
});

test('a list has pages also if the request sets no limit, or a larger one', async () => {
  const all = Array.from({ length: 2500 }, (_unused, index) => port(String(index).padStart(4, '0')));
  for (const query of ['', 'limit=0', 'limit=2000', 'sort_key=name&sort_dir=desc', 'marker=2400']) {
    const seen: unknown[] = [];
    let next: URL | undefined = url(query);
    let pages = 0;
    while (next) {
      const { items, links } = await page(all, next);
      expect(items.length).toBeLessThanOrEqual(limits.page.most);
      seen.push(...items.map(({ id }) => id));
      const link = links.find(({ rel }) => rel === 'next');
      next = link && new URL(link.href);
      pages++;
    }
    expect([query, pages, new Set(seen).size]).toEqual([query, 3, 2500]);
  }
  expect((await page(all.slice(0, 999), url(''))).links).toEqual([]);
});
