import { z } from 'zod';
import { KeystoneError, unauthorized } from '../errors.ts';
import type { User } from './directory.ts';
import { type Identity, isExpired, type Principal } from './identity.ts';
import { verifyDecoy, verifyPassword } from './password.ts';
import { newAuditId, type TokenClaims } from './tokens.ts';

const domain = z.object({ id: z.string().optional(), name: z.string().optional() });
const named = z.object({ id: z.string().optional(), name: z.string().optional(), domain: domain.optional() });

/** Identity API v3, "Authentication and token management": the body of POST /v3/auth/tokens. */
export const authRequest = z.object({
  auth: z.object({
    identity: z.object({
      methods: z.array(z.string()).min(1),
      password: z.object({ user: named.extend({ password: z.string() }) }).optional(),
      token: z.object({ id: z.string() }).optional(),
      application_credential: named
        .omit({ domain: true })
        .extend({ secret: z.string(), user: named.optional() })
        .optional(),
    }),
    scope: z
      .union([
        z.literal('unscoped'),
        z
          .object({
            project: named.optional(),
            domain: z.unknown(),
            system: z.unknown(),
            unscoped: z.unknown(),
          })
          .partial(),
      ])
      .optional(),
  }),
});

type Request = z.output<typeof authRequest>['auth'];
/** The result of authentication, before a scope is chosen. */
interface Proof {
  readonly user: User;
  readonly methods: readonly string[];
  readonly parent?: TokenClaims;
  readonly credentialId?: string;
  readonly projectId?: string;
}

/**
 * Authenticates a user and chooses the scope.
 *
 * @throws KeystoneError 401 for wrong credentials or a wrong scope, 404 for the id of an unknown application
 * credential, 400 for a missing part of the request
 */
export async function authenticate(
  identity: Identity,
  { identity: given, scope }: Request,
): Promise<Principal> {
  const [method, ...others] = given.methods;
  if (others.length > 0) throw unauthorized();
  const prove = { password: byPassword, token: byToken, application_credential: byCredential }[method ?? ''];
  if (prove === undefined) throw unauthorized(`Attempted to authenticate with an unsupported method.`);
  const proof = await prove(identity, given);
  if (proof.credentialId !== undefined && scope !== undefined) {
    throw unauthorized(
      'Error authenticating with application credential: Application credentials cannot request a scope.',
    );
  }
  const projectId = proof.projectId ?? scopedProject(identity, scope);
  const now = Math.floor(Date.now() / 1000);
  const principal = identity.resolve({
    userId: proof.user.id,
    ...(projectId === undefined ? {} : { projectId }),
    methods: proof.methods,
    auditIds: [newAuditId(), ...(proof.parent?.auditIds.slice(0, 1) ?? [])],
    issuedAt: now,
    // A token obtained with another token expires with it.
    expiresAt: proof.parent?.expiresAt ?? now + identity.lifetime,
    ...(proof.credentialId === undefined ? {} : { credentialId: proof.credentialId }),
  });
  if (principal === undefined) throw unauthorized();
  return principal;
}

async function byPassword(identity: Identity, given: Request['identity']): Promise<Proof> {
  const claimed = given.password?.user;
  if (claimed === undefined) throw malformed('password');
  const user = identity.directory.user(claimed);
  const correct = user
    ? await verifyPassword(claimed.password, user.passwordHash)
    : await verifyDecoy(claimed.password);
  if (!user || !correct) throw unauthorized();
  return { user, methods: ['password'] };
}

async function byToken(identity: Identity, given: Request['identity']): Promise<Proof> {
  if (given.token === undefined) throw malformed('token');
  const parent = await identity.validate(given.token.id);
  // The token of an application credential cannot be exchanged for a token of another scope.
  if (parent === undefined || parent.credential) throw unauthorized();
  return {
    user: parent.user,
    methods: [...new Set([...parent.claims.methods, 'token'])],
    parent: parent.claims,
  };
}

async function byCredential(identity: Identity, given: Request['identity']): Promise<Proof> {
  const claimed = given.application_credential;
  if (claimed === undefined) throw malformed('application_credential');
  const owner = claimed.user && identity.directory.user(claimed.user);
  const credential =
    claimed.id !== undefined
      ? identity.credentials.get(claimed.id)
      : owner && identity.credentials.list(owner.id).find(({ name }) => name === claimed.name);
  // As in Keystone: a client learns that its credential was deleted. An id cannot be guessed.
  if (!credential && claimed.id !== undefined) {
    throw new KeystoneError(404, `Could not find Application Credential: ${claimed.id}.`);
  }
  const correct = credential
    ? await verifyPassword(claimed.secret, credential.secret_hash)
    : await verifyDecoy(claimed.secret);
  const user = credential && identity.directory.user({ id: credential.user_id });
  if (!credential || !correct || !user || isExpired(credential)) throw unauthorized();
  return {
    user,
    methods: ['application_credential'],
    credentialId: credential.id,
    projectId: credential.project_id,
  };
}

function scopedProject(identity: Identity, scope: Request['scope']): string | undefined {
  if (scope === undefined || scope === 'unscoped' || 'unscoped' in scope) return undefined;
  const project = scope.project && identity.directory.project(scope.project);
  if (project === undefined) throw unauthorized();
  return project.id;
}

const malformed = (method: string) => new KeystoneError(400, `Expecting to find ${method} in identity.`);
