import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ReplayCloud, recordingOf, startReplayCloud } from '../../test/support/replay-cloud.ts';
import { aliceConfig } from '../../test/support/session.ts';
import type { CloudConfig } from '../config/cloud-config.ts';
import { CloudConfigError } from '../errors.ts';
import type { CredentialEvent } from './rotation.ts';
import { Session } from './session.ts';

let cloud: ReplayCloud;
/** The secret that Keystone accepts; tokens of another one are refused by Neutron. */
let valid: string;
let project: string;
/** What the file says now. */
let file: CloudConfig | Error;
let events: string[];
let session: Session;

const withSecret = (secret: string, more: Partial<CloudConfig> = {}) =>
  aliceConfig(cloud, { auth: { type: 'application_credential', id: 'x', secret }, ...more });
const logins = () => cloud.calls.filter(({ method, url }) => method === 'POST' && url === '/v3/auth/tokens');
const readPorts = () => session.request({ method: 'GET', service: 'network', path: '/v2.0/ports' });
const describe_ = (event: CredentialEvent) =>
  event.kind === 'replaced' ? `replaced by ${event.origin}` : `kept: ${event.reason.message}`;

beforeEach(async () => {
  cloud = await startReplayCloud('identity');
  [valid, project, events] = ['old', 'p', []];
  const { token } = recordingOf('identity', '003').response.body as { token: object };
  cloud.interpose(({ method, url, headers, body }) => {
    if (method === 'POST' && url === '/v3/auth/tokens') {
      const { secret } = (body as { auth: { identity: { application_credential: { secret: string } } } }).auth
        .identity.application_credential;
      if (secret !== valid) return { status: 401, body: { error: { message: 'no' } } };
      const issued = JSON.stringify({ token: { ...token, project: { id: project } } });
      const headers = { 'x-subject-token': `token of ${secret}` };
      return { status: 201, headers, body: issued.replaceAll('{{cloud}}', cloud.url) };
    }
    return headers['x-auth-token'] === `token of ${valid}`
      ? { status: 200, body: { ports: [] } }
      : { status: 401, body: { error: { message: 'no' } } };
  });
  file = withSecret('old');
  session = new Session(withSecret('old'), {
    reread: async () => {
      if (file instanceof Error) throw file;
      return file;
    },
    onCredential: (event) => events.push(describe_(event)),
  });
  await readPorts();
});

afterEach(async () => {
  await session.close();
  await cloud[Symbol.asyncDispose]();
});

test('a refused credential is read again, and the call that met the refusal succeeds', async () => {
  valid = 'new';
  file = withSecret('new', { origin: 'the file' });
  await readPorts();
  expect(events).toEqual(['replaced by the file']);
  expect(session.config.auth).toMatchObject({ secret: 'new' });
});

test('during the pause after refusals, a refresh uses a new credential at once', async () => {
  valid = 'new';
  for (let call = 0; call < 4; call += 1) await expect(readPorts()).rejects.toMatchObject({ status: 401 });
  expect(logins()).toHaveLength(3);
  file = withSecret('new');
  await session.refresh();
  await readPorts();
  expect(events).toEqual(['replaced by the configuration']);
});

test('a changed file is used before the former credential is refused', async () => {
  file = withSecret('new');
  valid = 'new';
  await session.refresh();
  expect((await session.token()).id).toBe('token of new');
  await session.refresh();
  expect(logins()).toHaveLength(2);
});

test('while the file is half written or its credential is refused, the former one stays in use', async () => {
  file = new CloudConfigError('CLOUD_FILE_INVALID', 'the file is not valid YAML at line 3');
  await session.refresh();
  await session.refresh();
  file = withSecret('ne');
  await session.refresh();
  await session.refresh();
  expect(logins()).toHaveLength(2);
  await readPorts();
  expect(events).toEqual([
    'kept: the file is not valid YAML at line 3',
    expect.stringMatching(/^kept: POST .* 401/),
  ]);
  [valid, file] = ['new', withSecret('new')];
  await session.refresh();
  await readPorts();
  expect(events).toHaveLength(3);
});

test('a credential of another project is not used: all resources would seem to be deleted', async () => {
  [valid, project, file] = ['new', 'q', withSecret('new')];
  await session.refresh();
  expect(events).toEqual(['kept: the new credential belongs to project q, not to p']);
  await expect(readPorts()).rejects.toMatchObject({ status: 401 });
  expect(session.config.auth).toMatchObject({ secret: 'old' });
});

test.each([
  ['belongs to another project', 'new'],
  ['is refused too', 'third'],
])(
  'many calls send few logins if the credential is refused and the new one %s',
  async (_failure, accepted) => {
    [valid, project, file] = [accepted, 'q', withSecret('new')];
    for (let call = 0; call < 20; call += 1) await expect(readPorts()).rejects.toMatchObject({ status: 401 });
    expect(logins()).toHaveLength(1 + 2 * 2);
  },
);

test('a new credential that Keystone refuses at first is used when Keystone accepts it', async () => {
  file = withSecret('new');
  await session.refresh();
  valid = 'new';
  await readPorts();
  expect(events).toEqual([expect.stringMatching(/^kept: .* 401/), 'replaced by the configuration']);
});

test('an unchanged file causes no login', async () => {
  await session.refresh();
  expect(logins()).toHaveLength(1);
  expect(events).toEqual([]);
});
