import type { ApplicationCredentialAuth, NameOrId, PasswordAuth } from '../config/cloud-config.ts';

/** Every Keystone has this domain. */
const defaultDomain: NameOrId = { id: 'default' };

/**
 * Body of `POST /v3/auth/tokens` (Identity API v3, "Password authentication with scoped authorization" and
 * "Authenticating with an application credential").
 */
export function authBody(auth: PasswordAuth | ApplicationCredentialAuth): unknown {
  return { auth: auth.type === 'password' ? passwordBody(auth) : applicationCredentialBody(auth) };
}

function passwordBody(auth: PasswordAuth): unknown {
  const identity = {
    methods: ['password'],
    password: { user: { ...userRef(auth), password: auth.password } },
  };
  if (auth.project === undefined) return { identity };
  const project = reference(auth.project);
  const domain = reference(auth.projectDomain ?? auth.userDomain ?? defaultDomain);
  return { identity, scope: { project: 'id' in project ? project : { ...project, domain } } };
}

/** Without a scope: the credential already has one, and Keystone answers 401 to another. */
function applicationCredentialBody(auth: ApplicationCredentialAuth): unknown {
  const credential = auth.id === undefined ? { name: auth.name, user: userRef(auth) } : { id: auth.id };
  return {
    identity: {
      methods: ['application_credential'],
      application_credential: { ...credential, secret: auth.secret },
    },
  };
}

interface UserFields {
  readonly username?: string;
  readonly userId?: string;
  readonly userDomain?: NameOrId;
}

function userRef(user: UserFields): object {
  if (user.userId !== undefined) return { id: user.userId };
  return { name: user.username, domain: reference(user.userDomain ?? defaultDomain) };
}

function reference(value: NameOrId): { readonly id: string } | { readonly name: string } {
  return typeof value === 'string' ? { name: value } : value;
}
