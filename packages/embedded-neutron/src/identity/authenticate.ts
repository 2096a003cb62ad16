import { KeystoneError, unauthorized } from '../errors.ts';
import { type AuthRequest, isMethod, type Method, missing } from './auth-request.ts';
import type { Ref } from './directory.ts';
import type { User } from './entities.ts';
import { type Scope, SYSTEM } from './grants.ts';
import { type Identity, isExpired, type Principal } from './identity.ts';
import type { Attempt } from './login-queue.ts';
import { verifyDecoy, verifyPassword } from './password.ts';
import { newAuditId, type TokenClaims } from './tokens.ts';

/** The result of one method. */
interface Proof {
  readonly user: User;
  readonly methods: readonly string[];
  readonly parent?: TokenClaims;
  readonly credentialId?: string;
  readonly projectId?: string;
}

/** A service and the address that a request comes from. */
interface Login {
  readonly identity: Identity;
  readonly address: string;
}

/** The number of tokens in a chain, each obtained with the one before. */
const MAX_CHAIN = 11;

/**
 * Authenticates a user by all methods of the request and chooses the scope.
 *
 * @throws KeystoneError 401 for wrong credentials or a wrong scope, 403 for the token of an application
 * credential, 404 for an invalid token and for the id of an unknown application credential, 400 for a missing
 * part of the request, 429 for too many attempts
 */
export async function authenticate(
  login: Login,
  { identity: given, scope }: AuthRequest,
): Promise<Principal> {
  const { identity } = login;
  const methods = given.methods.filter(isMethod);
  if (methods.length < given.methods.length) {
    throw unauthorized('Attempted to authenticate with an unsupported method.');
  }
  if (methods.includes('application_credential') && scope !== undefined) {
    throw unauthorized(
      'Error authenticating with application credential: Application credentials cannot request a scope.',
    );
  }
  const proof = await proveAll(login, [...new Set(methods)], given);
  // After the proof: how long a refusal takes must not show which projects exist.
  const requested = readScope(identity, scope);
  const { user, parent, credentialId, projectId } = proof;
  const chosen = projectId === undefined ? requested : ({ kind: 'project', id: projectId } as const);
  const bound = chosen ?? (scope === undefined ? defaultScope(identity, user) : undefined);
  const now = Math.floor(Date.now() / 1000);
  const principal = identity.resolve({
    userId: user.id,
    ...(bound && { scope: bound }),
    methods: proof.methods,
    auditIds: [newAuditId(), ...(parent?.auditIds ?? [])],
    epoch: identity.revocations.epochOf(user.id),
    issuedAt: now,
    // A token obtained with another token expires with it.
    expiresAt: parent?.expiresAt ?? now + identity.lifetime,
    ...(credentialId !== undefined && { credentialId }),
  });
  if (principal === undefined) throw unauthorized();
  return principal;
}

/** Carries out all methods. They must prove the same user. */
async function proveAll(
  login: Login,
  methods: readonly Method[],
  given: AuthRequest['identity'],
): Promise<Proof> {
  let all: Proof | undefined;
  for (const method of methods) {
    const proof = await prove(login, method, given);
    if (all !== undefined && all.user.id !== proof.user.id) throw unauthorized();
    all = { ...all, ...proof, methods: [...new Set([...(all?.methods ?? []), ...proof.methods])] };
  }
  if (all === undefined) throw unauthorized();
  return all;
}

function prove(login: Login, method: Method, given: AuthRequest['identity']): Promise<Proof> {
  if (method === 'password') return byPassword(login, given);
  return method === 'token' ? byToken(login, given) : byCredential(login, given);
}

async function byPassword({ identity, address }: Login, given: AuthRequest['identity']): Promise<Proof> {
  const claimed = given.password?.user;
  if (claimed === undefined) throw missing('password', 'identity');
  const user = identity.directory.user(claimed);
  const attempt = { address, name: nameOf('user', claimed) };
  const { password } = claimed;
  if (password === undefined) throw unauthorized();
  if (!(await checkSecret(identity, attempt, password, user?.passwordHash)) || !user) {
    throw unauthorized();
  }
  return { user, methods: ['password'] };
}

async function byToken({ identity }: Login, given: AuthRequest['identity']): Promise<Proof> {
  if (given.token?.id === undefined) throw missing('token', 'identity');
  const parent = await identity.validateCaller(given.token.id);
  // As in Keystone: a client learns that its token has ended.
  if (parent === undefined) throw new KeystoneError(404, 'Failed to validate token');
  // The token of an application credential cannot be exchanged for a token of another scope.
  if (parent.credential) {
    throw new KeystoneError(
      403,
      'You are not authorized to perform the requested action: Using a delegated token to create another token is not allowed.',
    );
  }
  if (parent.claims.auditIds.length >= MAX_CHAIN) {
    throw unauthorized('This token was obtained with too many others. Authenticate with a password.');
  }
  return {
    user: parent.user,
    methods: [...new Set([...parent.claims.methods, 'token'])],
    parent: parent.claims,
  };
}

async function byCredential({ identity, address }: Login, given: AuthRequest['identity']): Promise<Proof> {
  const claimed = given.application_credential;
  if (claimed === undefined) throw missing('application_credential', 'identity');
  const { id, name, user: ref } = claimed;
  if (id === undefined && name === undefined) throw missing('name or ID', 'application credential');
  if (id === undefined && ref === undefined) throw missing('user', 'application credential');
  if (id === undefined && ref?.id === undefined && ref?.domain === undefined) throw missing('domain', 'user');
  const owner = ref && identity.directory.user(ref);
  const credential =
    id !== undefined
      ? identity.credentials.get(id)
      : owner && identity.credentials.named(owner.id, name ?? '');
  // As in Keystone: a client learns that its credential was deleted. An id cannot be guessed.
  if (!credential && id !== undefined) {
    throw new KeystoneError(404, `Could not find Application Credential: ${id}.`);
  }
  const attempt = { address, name: id ?? `${nameOf('credential', ref ?? {})} ${name}` };
  if (claimed.secret === undefined) throw unauthorized();
  const isRight = await checkSecret(identity, attempt, claimed.secret, credential?.secret_hash);
  const user = credential && identity.directory.users.get(credential.user_id);
  if (!credential || !isRight || !user || isExpired(credential)) throw unauthorized();
  return {
    user,
    methods: ['application_credential'],
    credentialId: credential.id,
    projectId: credential.project_id,
  };
}

/**
 * Whether a secret matches the hash, in its turn. Takes as long without a hash, so that the time does not
 * show which users exist. @throws KeystoneError 429
 */
export function checkSecret(
  identity: Identity,
  attempt: Attempt,
  secret: string,
  hash: string | undefined,
): Promise<boolean> {
  return identity.logins.check(attempt, () =>
    hash === undefined ? verifyDecoy(secret) : verifyPassword(secret, hash),
  );
}

/** The name of an attempt: what the request claims, so that it does not show what exists. */
const nameOf = (kind: string, { id, name, domain }: Ref): string =>
  JSON.stringify([kind, id ?? [domain?.id ?? [domain?.name], name]]);

/** The requested scope. @throws KeystoneError 401 if it does not exist */
function readScope({ directory }: Identity, scope: AuthRequest['scope']): Scope | undefined {
  if (scope === undefined || scope === 'unscoped') return undefined;
  if (scope.system) return SYSTEM;
  const project = scope.project && directory.project(scope.project);
  if (project) return { kind: 'project', id: project.id };
  const domain = scope.domain && directory.domain(scope.domain);
  if (domain) return { kind: 'domain', id: domain.id };
  if (scope.project || scope.domain) throw unauthorized();
  return undefined;
}

/** The user's default project, if the user can use it. */
function defaultScope({ directory }: Identity, user: User): Scope | undefined {
  if (user.default_project_id === null) return undefined;
  const scope: Scope = { kind: 'project', id: user.default_project_id };
  return directory.isOpen(scope) && directory.rolesIn(user.id, scope).length > 0 ? scope : undefined;
}
