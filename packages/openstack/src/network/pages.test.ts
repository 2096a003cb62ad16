import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type ArrivedCall,
  type ReplayCloud,
  recordingOf,
  startReplayCloud,
} from '../../test/support/replay-cloud.ts';
import { aliceSession } from '../../test/support/session.ts';
import type { Session } from '../identity/session.ts';
import { Neutron } from './neutron.ts';
import { toQueryString } from './query.ts';

let cloud: ReplayCloud;
let session: Session;
let neutron: Neutron;

beforeEach(async () => {
  cloud = await startReplayCloud('identity', 'pagination');
  session = aliceSession(cloud);
  neutron = new Neutron(session);
});

afterEach(async () => {
  await session.close();
  await cloud[Symbol.asyncDispose]();
});

/**
 * Serves these port ids in pages of `limit`, as Neutron does: a full page has a `next` link even if it is the
 * last one, and a deleted marker gets the recorded 404.
 */
function servePorts(ids: string[], afterPage: (number: number) => void = () => undefined): void {
  const markerNotFound = recordingOf('pagination', '178').response;
  let pages = 0;
  cloud.interpose((call: ArrivedCall) => {
    const url = new URL(call.url, 'http://elsewhere.test');
    if (url.pathname !== '/v2.0/ports') return undefined;
    const limit = Number(url.searchParams.get('limit'));
    const marker = url.searchParams.get('marker');
    if (marker !== null && !ids.includes(marker)) return markerNotFound;
    const begin = marker === null ? 0 : ids.indexOf(marker) + 1;
    const page = ids.slice(begin, begin + limit);
    // A host that the client cannot reach, as behind many proxies.
    const next = {
      rel: 'next',
      href: `http://internal.test:9696/v2.0/ports?limit=${limit}&marker=${page.at(-1)}`,
    };
    const links = page.length === limit ? [next] : [];
    pages += 1;
    afterPage(pages);
    return { status: 200, body: { ports: page.map((id) => ({ id })), ports_links: links } };
  });
}

const idsOf = async (limit: number) => (await neutron.ports.all({ limit })).map(({ id }) => id);
const listCalls = () =>
  cloud.calls.filter(({ method, url }) => method === 'GET' && url.startsWith('/v2.0/ports'));

describe('recorded pages', () => {
  test('are requested by marker, and only as far as they are read', async () => {
    const seen: string[] = [];
    for await (const port of neutron.ports.list({ limit: 2 })) {
      seen.push(port.id);
      if (seen.length === 4) break;
    }
    const recorded = ['174', '175'].flatMap((number) => {
      const { ports } = recordingOf('pagination', number).response.body as { ports: { id: string }[] };
      return ports.map(({ id }) => id);
    });
    expect(seen).toEqual(recorded);
    expect(listCalls().map(({ url }) => url)).toEqual([
      '/v2.0/ports?limit=2',
      '/v2.0/ports?limit=2&marker=0c22e13e-9e0d-43a3-8e5b-d314ba8d6bf0',
    ]);
  });

  test('are not requested before the first read', async () => {
    neutron.ports.list({ limit: 2 });
    expect(cloud.calls).toHaveLength(0);
  });

  test('reject with an error for a wrong marker of the caller', async () => {
    await expect(neutron.ports.all({ limit: 2, marker: 'nosuch' })).rejects.toMatchObject({
      status: 404,
      type: 'PortNotFound',
    });
  });
});

describe('a listing', () => {
  test('ends with a page that is not full, or empty', async () => {
    servePorts(['a', 'b', 'c']);
    expect(await idsOf(2)).toEqual(['a', 'b', 'c']);
    servePorts(['a', 'b', 'c', 'd']);
    expect(await idsOf(2)).toEqual(['a', 'b', 'c', 'd']);
    servePorts([]);
    expect(await idsOf(2)).toEqual([]);
  });

  test('ends with an empty page even if it has a next link', async () => {
    const links = [{ rel: 'next', href: `${cloud.url}/v2.0/ports?limit=2` }];
    cloud.interpose(({ url }) =>
      url.startsWith('/v2.0/ports') ? { status: 200, body: { ports: [], ports_links: links } } : undefined,
    );
    expect(await idsOf(2)).toEqual([]);
    expect(listCalls()).toHaveLength(1);
  });

  test('continues if the last resource of a page is deleted meanwhile', async () => {
    const ids = ['a', 'b', 'c', 'd', 'e'];
    servePorts(ids, (page) => {
      if (page === 1) ids.splice(1, 1);
    });
    expect(await idsOf(2)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('yields no resource twice if a whole page is deleted meanwhile', async () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    servePorts(ids, (page) => {
      if (page === 2) ids.splice(2, 2);
    });
    expect(await idsOf(2)).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
  });

  test('can be aborted', async () => {
    servePorts(['a', 'b', 'c', 'd']);
    const abort = new AbortController();
    const listing = neutron.ports.list({ limit: 2 }, { signal: abort.signal })[Symbol.asyncIterator]();
    await listing.next();
    await listing.next();
    abort.abort(new Error('enough'));
    await expect(listing.next()).rejects.toThrow('enough');
  });
});

describe('a list without an end', () => {
  /** Serves pages with one new port each; `next` returns the query of the link in page `number`. */
  function serveEndlessly(next: (number: number) => unknown): void {
    let number = 0;
    cloud.interpose(({ url }) => {
      if (!url.startsWith('/v2.0/ports')) return undefined;
      number += 1;
      const links = [{ rel: 'next', href: next(number) }];
      return { status: 200, body: { ports: [{ id: `port-${number}` }], ports_links: links } };
    });
  }
  const endless = (message: string) => ({
    code: 'OPENSTACK_ENDLESS_LIST',
    message: expect.stringContaining(message),
  });

  test('whose page links to itself is refused at once', async () => {
    serveEndlessly(() => `${cloud.url}/v2.0/ports?limit=2`);
    await expect(neutron.ports.all({ limit: 2 })).rejects.toMatchObject(endless('repeats a page'));
    expect(listCalls()).toHaveLength(2);
  });

  test('whose pages link in a circle is refused', async () => {
    serveEndlessly((number) => `${cloud.url}/v2.0/ports?marker=${number % 2}`);
    await expect(neutron.ports.all({ limit: 2 })).rejects.toMatchObject(endless('repeats a page'));
    expect(listCalls()).toHaveLength(4);
  });

  test.each([
    [{ pages: 3 }, 'more than 3 pages'],
    [{ items: 3 }, 'more than 3 resources'],
    [{ listLength: 300 }, 'more than 300 characters'],
    [{ listMs: 0 }, 'longer than 0 ms'],
  ])('is refused at %j', async (limits, message) => {
    await using limited = aliceSession(cloud, { limits });
    serveEndlessly((number) => `${cloud.url}/v2.0/ports?marker=${number}`);
    await expect(new Neutron(limited).ports.all()).rejects.toMatchObject(endless(message));
    expect(listCalls().length).toBeLessThanOrEqual(5);
  });

  test('whose link names another host gets neither request nor token there', async () => {
    await using other = await startReplayCloud();
    serveEndlessly((number) => (number < 3 ? `${other.url}/v2.0/ports?marker=${number}` : undefined));
    await expect(neutron.ports.all()).rejects.toMatchObject({ code: 'OPENSTACK_UNEXPECTED_BODY' });
    expect([listCalls().length, other.connections]).toEqual([3, 0]);
  });
});

test('the session can request pages of a certain size', async () => {
  await using paged = aliceSession(cloud, { limits: { pageSize: 2 } });
  servePorts(['a', 'b', 'c']);
  expect(await new Neutron(paged).ports.all()).toHaveLength(3);
  expect(listCalls().map(({ url }) => url)).toEqual(['/v2.0/ports?limit=2', '/v2.0/ports?limit=2&marker=b']);
});

test.each([{ ports: 'x' }, { ports: { length: 1 } }, { ports: [{}], ports_links: [null, { rel: 'next' }] }])(
  'a body like %j is refused',
  async (body) => {
    cloud.interpose(({ url }) => (url.startsWith('/v2.0/ports') ? { status: 200, body } : undefined));
    await expect(neutron.ports.all()).rejects.toMatchObject({ code: 'OPENSTACK_UNEXPECTED_BODY' });
  },
);

test('a query string repeats a filter for each of its values', () => {
  expect(
    toQueryString({ status: ['ACTIVE', 'DOWN'], shared: false, limit: 2, name: 'a&b', tags: undefined }),
  ).toBe('status=ACTIVE&status=DOWN&shared=false&limit=2&name=a%26b');
});
