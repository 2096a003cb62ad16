import { CloudConfigError } from '../errors.ts';
import { concealFields } from '../http/conceal.ts';
import type { ApplicationCredentialAuth, Auth, NameOrId, PasswordAuth, TokenAuth } from './cloud-config.ts';
import { type Settings, settingsAt } from './settings.ts';
import { text } from './values.ts';

/** Fields of an {@link Auth} that are never printed. */
const secretFields = ['password', 'token', 'secret'];

/** The supported authentication methods, by keystoneauth's names. */
const methods: Readonly<Record<string, Auth['type']>> = {
  password: 'password',
  v3password: 'password',
  token: 'token',
  v3token: 'token',
  v3applicationcredential: 'application_credential',
  application_credential: 'application_credential',
  none: 'none',
};

/**
 * Reads the credentials from a cloud's settings. A field below `auth` takes precedence over the same field
 * beside it; openstacksdk accepts both places too. Without `auth_type`, a token or an application
 * credential's secret decides the method; otherwise it is `password`.
 *
 * @param name the cloud's name in error messages
 * @throws {CloudConfigError} CLOUD_FIELD_MISSING, CLOUD_AUTH_TYPE
 */
export function authFromSettings(name: string, settings: Settings): Auth {
  const fields = { ...settings, ...settingsAt(settings, 'auth') };
  const type = methodOf(fields);
  if (type === 'none') return { type };
  if (type === 'token') return tokenAuth(text(fields, 'token', 'auth_token') ?? missing(name, 'token'));
  const auth = type === 'password' ? passwordAuth(name, fields) : applicationCredentialAuth(name, fields);
  return concealFields(auth, secretFields);
}

/** Authentication by an existing token. */
export function tokenAuth(token: string): TokenAuth {
  return concealFields<TokenAuth>({ type: 'token', token }, secretFields);
}

function methodOf(fields: Settings): Auth['type'] {
  const authType = text(fields, 'auth_type', 'auth_plugin');
  if (authType === undefined) {
    if (text(fields, 'token', 'auth_token') !== undefined) return 'token';
    return text(fields, 'application_credential_secret') === undefined
      ? 'password'
      : 'application_credential';
  }
  const type = methods[authType];
  if (type !== undefined) return type;
  const known = Object.keys(methods).join(', ');
  throw new CloudConfigError(
    'CLOUD_AUTH_TYPE',
    `auth_type '${authType}' is not supported; supported types: ${known}`,
  );
}

function passwordAuth(name: string, fields: Settings): PasswordAuth {
  const project = nameOrId(fields, 'project') ?? nameOrId(fields, 'tenant');
  const projectDomain = nameOrId(fields, 'project_domain') ?? nameOrId(fields, 'domain');
  return {
    type: 'password',
    ...user(name, fields),
    password: text(fields, 'password') ?? missing(name, 'password'),
    ...(project === undefined ? {} : { project }),
    ...(projectDomain === undefined ? {} : { projectDomain }),
  };
}

function applicationCredentialAuth(name: string, fields: Settings): ApplicationCredentialAuth {
  const secret =
    text(fields, 'application_credential_secret') ?? missing(name, 'application_credential_secret');
  const id = text(fields, 'application_credential_id');
  if (id !== undefined) return { type: 'application_credential', id, secret };
  const credential = text(fields, 'application_credential_name');
  if (credential === undefined) return missing(name, 'application_credential_id or _name');
  return { type: 'application_credential', name: credential, secret, ...user(name, fields) };
}

function user(name: string, fields: Settings): Pick<PasswordAuth, 'username' | 'userId' | 'userDomain'> {
  const userId = text(fields, 'user_id');
  if (userId !== undefined) return { userId };
  const username = text(fields, 'username', 'user_name') ?? missing(name, 'username');
  const userDomain = nameOrId(fields, 'user_domain') ?? nameOrId(fields, 'domain');
  return userDomain === undefined ? { username } : { username, userDomain };
}

function nameOrId(fields: Settings, prefix: string): NameOrId | undefined {
  const id = text(fields, `${prefix}_id`);
  if (id !== undefined) return { id };
  const name = text(fields, `${prefix}_name`);
  return name === undefined ? undefined : { name };
}

function missing(name: string, field: string): never {
  throw new CloudConfigError('CLOUD_FIELD_MISSING', `${name} has no ${field}`);
}
