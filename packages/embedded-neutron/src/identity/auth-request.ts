import { z } from 'zod';
import { KeystoneError } from '../errors.ts';

/*
 * Strangers send this body, so each string is bounded: a name to what can be stored, a secret to what is
 * worth hashing.
 */
const name = z.string().max(255);
const secret = z.string().max(4096);
const reference = z
  .object({ id: name.optional(), name: name.optional() })
  .refine(({ id, name: given }) => id !== undefined || given !== undefined, 'id or name must be present.');
const named = z.object({ id: name.optional(), name: name.optional(), domain: reference.optional() });
const inDomain = named.refine(
  ({ id, name: given }) => id !== undefined || given !== undefined,
  'id or name must be present.',
);

const user = named
  .extend({ password: secret.optional() })
  .refine(({ id, name: given }) => id !== undefined || given !== undefined, 'id or name must be present.');

const scopes = z.object({
  project: inDomain.optional(),
  domain: reference.optional(),
  // As in Keystone, every content means the whole system.
  system: z.looseObject({}).optional(),
  unscoped: z.unknown().optional(),
});

/** Identity API v3, "Authentication and token management": the body of POST /v3/auth/tokens. */
const schema = z.object({
  auth: z.object({
    identity: z.object({
      methods: z.array(z.string().max(64)).max(3),
      password: z.object({ user: user.optional() }).optional(),
      token: z.object({ id: secret.optional() }).optional(),
      application_credential: named
        .omit({ domain: true })
        .extend({ secret: secret.optional(), user: inDomain.optional() })
        .optional(),
    }),
    scope: z.union([z.literal('unscoped'), scopes]).optional(),
  }),
});

/** The `auth` of a request for a token. */
export type AuthRequest = z.output<typeof schema>['auth'];

/** The proofs of identity that a request can contain. */
export type Method = 'password' | 'token' | 'application_credential';

const METHODS: ReadonlySet<string> = new Set<Method>(['password', 'token', 'application_credential']);

/** Whether the service knows a method. */
export const isMethod = (method: string): method is Method => METHODS.has(method);

/** Checks the body of a request for a token. @throws KeystoneError 400 */
export function parseAuthRequest(body: unknown): AuthRequest {
  const { auth } = parseRequest(schema, body, 'auth');
  const { identity, scope } = auth;
  // The schema drops the parts of methods that it does not know.
  const given = (body as { readonly auth: { readonly identity: object } }).auth.identity;
  for (const method of identity.methods) {
    if (!Object.hasOwn(given, method)) throw missing(method, 'identity');
  }
  if (identity.methods.includes('password')) requireUser(identity.password?.user);
  if (scope !== undefined && scope !== 'unscoped') requireOneScope(scope);
  return auth;
}

/** Checks who logs in with a password. Other methods may be described too, but are not used. */
function requireUser(claimed: z.output<typeof user> | undefined): void {
  if (claimed === undefined) throw missing('user', 'password');
  const { id, domain } = claimed;
  if (id === undefined && domain === undefined) throw missing('domain', 'user');
}

function requireOneScope(scope: z.output<typeof scopes>): void {
  const { project } = scope;
  if (Object.values(scope).filter((value) => value !== undefined).length !== 1) {
    throw missing('system, project, domain, OS-TRUST:trust or unscoped', 'scope');
  }
  if (project && project.id === undefined && project.domain === undefined) throw missing('domain', 'project');
}

/** Keystone's answer to a request without a required part. */
export const missing = (what: string, where: string): KeystoneError =>
  new KeystoneError(
    400,
    `Expecting to find ${what} in ${where}. The server could not comply with the request since it is either malformed or otherwise incorrect. The client is assumed to be in error.`,
  );

/**
 * Checks a body against a schema. The message names the field and never contains the value, which may be a
 * secret.
 *
 * @param member the key of the body in which Keystone looks for fields; it is no part of their names
 * @throws KeystoneError 400
 */
export function parseRequest<S extends z.ZodType>(expected: S, body: unknown, member = ''): z.output<S> {
  const parsed = expected.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const fields = (issue?.path ?? []).map(String);
  const path = (fields[0] === member ? fields.slice(1) : fields).join('/').slice(0, 255);
  const message = issue?.message ?? 'invalid';
  if (message.endsWith('received undefined')) {
    throw new KeystoneError(400, `'${fields.at(-1)}' is a required property`);
  }
  throw new KeystoneError(400, path === '' ? message : `Invalid input for field '${path}': ${message}`);
}
