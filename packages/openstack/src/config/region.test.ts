import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConfigDirectory } from '../../test/config-directory.ts';

let directory: ConfigDirectory;

beforeEach(() => {
  directory = new ConfigDirectory();
});

afterEach(() => {
  directory[Symbol.dispose]();
});

/** A cloud whose southern region has a Keystone, a user and a project of its own. */
const clouds = `
clouds:
  c:
    auth: { auth_url: http://north.test, username: alice, password: hunter22, project_name: demo }
    cacert: /north.pem
    regions:
      - north
      - name: south
        values: { cacert: /south.pem, auth: { auth_url: http://south.test, username: bob, project_id: 0123 } }`;

test('the values of a region go over the credentials, key by key', async () => {
  directory.write('work/clouds.yaml', clouds);
  expect(await directory.load({ region: 'south' })).toMatchObject({
    authUrl: 'http://south.test',
    auth: { type: 'password', username: 'bob', password: 'hunter22', project: { id: '0123' } },
    region: 'south',
    caFile: '/south.pem',
  });
});

test('another region has nothing of them', async () => {
  directory.write('work/clouds.yaml', clouds);
  expect(await directory.load()).toMatchObject({
    authUrl: 'http://north.test',
    auth: { username: 'alice', project: { name: 'demo' } },
    region: 'north',
    caFile: '/north.pem',
  });
});

test('a region may have all of the credentials', async () => {
  const values = '{auth: {auth_url: http://k.test, token: hunter22}}';
  directory.write('work/clouds.yaml', `clouds: {c: {regions: [{name: only, values: ${values}}]}}`);
  expect(await directory.load()).toMatchObject({
    authUrl: 'http://k.test',
    auth: { type: 'token', token: 'hunter22' },
    region: 'only',
  });
});
