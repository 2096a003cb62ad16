import { expect, test } from 'vitest';
import { recordingOf } from '../../test/support/replay-cloud.ts';
import { authBody } from './auth-body.ts';

/** The request bodies that the recorded Keystone accepted. */
const accepted = (number: string) => recordingOf('identity', number).request.body;
const secret = '{{secret}}';
const password = '{{password}}';

test('password with a project', () => {
  expect(authBody({ type: 'password', username: 'alice', password, project: 'alice' })).toEqual(
    accepted('003'),
  );
});

test('password without a project', () => {
  expect(authBody({ type: 'password', username: 'alice', password })).toEqual(accepted('010'));
});

test('an application credential by id has no scope', () => {
  const id = '023329e4d0064981b0bffd7528ed6d69';
  expect(authBody({ type: 'application_credential', id, secret })).toEqual(accepted('004'));
});

test('an application credential by name includes its user', () => {
  const body = authBody({ type: 'application_credential', name: 'plugin', secret, username: 'alice' });
  expect(body).toEqual(accepted('005'));
});

test('users, projects and domains by id and by name', () => {
  const byId = { type: 'password', userId: 'u1', password, project: { id: 'p1' } } as const;
  expect(authBody(byId)).toEqual({
    auth: {
      identity: { methods: ['password'], password: { user: { id: 'u1', password } } },
      scope: { project: { id: 'p1' } },
    },
  });
  const byName = {
    type: 'password',
    username: 'u',
    userDomain: 'Users',
    password,
    project: { name: 'p' },
  } as const;
  expect(authBody(byName)).toMatchObject({
    auth: {
      identity: { password: { user: { name: 'u', domain: { name: 'Users' } } } },
      scope: { project: { name: 'p', domain: { name: 'Users' } } },
    },
  });
  expect(authBody({ ...byName, projectDomain: { id: 'd2' } })).toMatchObject({
    auth: { scope: { project: { domain: { id: 'd2' } } } },
  });
});
