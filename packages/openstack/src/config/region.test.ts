import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConfigDirectory } from '../../test/support/config-directory.ts';
import { inRegion } from './region.ts';

let directory: ConfigDirectory;

beforeEach(() => {
  directory = new ConfigDirectory();
});

afterEach(() => {
  directory[Symbol.dispose]();
});

/** A cloud whose southern region has its own Keystone, user and project. */
const clouds = `
clouds:
  c:
    auth: { auth_url: http://north.test, username: alice, password: hunter22, project_name: demo }
    cacert: /north.pem
    regions:
      - north
      - name: south
        values: { cacert: /south.pem, auth: { auth_url: http://south.test, username: bob, project_id: 0123 } }`;

test('the values of a region override the credentials key by key', async () => {
  directory.write('work/clouds.yaml', clouds);
  expect(await directory.load({ region: 'south' })).toMatchObject({
    authUrl: 'http://south.test',
    auth: { type: 'password', username: 'bob', password: 'hunter22', project: { id: '0123' } },
    region: 'south',
    caFile: '/south.pem',
  });
});

test('the values of a region do not apply to another region', async () => {
  directory.write('work/clouds.yaml', clouds);
  expect(await directory.load()).toMatchObject({
    authUrl: 'http://north.test',
    auth: { username: 'alice', project: { name: 'demo' } },
    region: 'north',
    caFile: '/north.pem',
  });
});

test('a region may contain all of the credentials', async () => {
  const values = '{auth: {auth_url: http://k.test, token: hunter22}}';
  directory.write('work/clouds.yaml', `clouds: {c: {regions: [{name: only, values: ${values}}]}}`);
  expect(await directory.load()).toMatchObject({
    authUrl: 'http://k.test',
    auth: { type: 'token', token: 'hunter22' },
    region: 'only',
  });
});

describe('which region', () => {
  const withValues = (name: string) => ({ name, values: { cacert: `/${name}.pem` } });
  const names = ['north', 'south'];
  const mappings = names.map(withValues);

  /** The region that openstacksdk's `_get_region` chooses, and the CA file that the region's values set. */
  const cases: readonly [string, object, string | undefined, string | undefined, string | undefined][] = [
    // what clouds.yaml has, its settings, the requested region, the expected region, the expected CA file
    ['regions as names', { regions: names }, undefined, 'north', undefined],
    ['regions as mappings', { regions: mappings }, undefined, 'north', '/north.pem'],
    ['a mapping without values', { regions: [{ name: 'north' }] }, undefined, 'north', undefined],
    ['regions as names, one requested', { regions: names }, 'south', 'south', undefined],
    ['regions as mappings, one requested', { regions: mappings }, 'south', 'south', '/south.pem'],
    ['names and mappings', { regions: ['north', withValues('south')] }, 'south', 'south', '/south.pem'],
    ['region_name in regions', { region_name: 'south', regions: names }, undefined, 'north', undefined],
    [
      'region_name in regions with values',
      { region_name: 'south', regions: mappings },
      undefined,
      'north',
      '/north.pem',
    ],
    ['region_name not in regions', { region_name: 'west', regions: names }, undefined, 'north', undefined],
    [
      'region_name and another requested',
      { region_name: 'north', regions: mappings },
      'south',
      'south',
      '/south.pem',
    ],
    [
      'region_name and no regions in the list',
      { region_name: 'west', regions: [] },
      undefined,
      undefined,
      undefined,
    ],
    ['region_name only', { region_name: 'west' }, undefined, 'west', undefined],
    ['several in region_name', { region_name: 'west,east' }, undefined, 'west', undefined],
    ['region_name, another requested', { region_name: 'west' }, 'east', 'east', undefined],
    ['neither', {}, undefined, undefined, undefined],
    ['neither, one requested', {}, 'east', 'east', undefined],
  ];

  test.each(cases)('%s', (_clouds, settings, requested, region, cacert) => {
    const chosen = inRegion({ ...settings }, requested);
    expect([chosen['region_name'], chosen['cacert']]).toEqual([region, cacert]);
  });

  test('a cloud of clouds.yaml with region_name and regions gets the first of regions', async () => {
    directory.write('work/clouds.yaml', `${clouds}\n    region_name: south`);
    expect(await directory.load()).toMatchObject({
      authUrl: 'http://north.test',
      region: 'north',
      caFile: '/north.pem',
    });
  });
});
