import type { ApplicationCredentialAuth, PasswordAuth } from '@ovn-docker/openstack';
import { z } from 'zod';
import { hashPassword } from './password.ts';

const id = z.string().regex(/^[0-9a-zA-Z_-]{1,64}$/);
const role = z.enum(['admin', 'member', 'reader']);

const user = z
  .strictObject({
    name: z.string().min(1),
    id: id.optional(),
    password_hash: z.string().startsWith('scrypt$').optional(),
    password_hash_file: z.string().optional(),
    /** Roles by project name. */
    roles: z.record(z.string(), z.array(role).min(1)),
  })
  .refine((given) => (given.password_hash === undefined) !== (given.password_hash_file === undefined), {
    message: 'a user needs either password_hash or password_hash_file',
  });

/** The keys with which this service is the identity service. */
const own = {
  /** Secret key of the token signatures, at least 32 bytes; the same for all replicas. */
  signing_key_file: z.string().optional(),
  /** Seconds. */
  token_lifetime: z.int().min(1).optional(),
  domain: z.strictObject({ id, name: z.string() }).optional(),
  projects: z
    .array(
      z.strictObject({ name: z.string().min(1), id: id.optional(), description: z.string().default('') }),
    )
    .optional(),
  users: z.array(user).optional(),
};

/** The keys with which a Keystone is the identity service. The credential lets it validate tokens. */
const foreign = {
  username: z.string().min(1).optional(),
  password_file: z.string().optional(),
  user_domain: z.string().optional(),
  project: z.string().optional(),
  project_domain: z.string().optional(),
  application_credential_id: z.string().optional(),
  application_credential_secret_file: z.string().optional(),
  /** PEM file with the certificate authorities of Keystone's certificate. */
  ca_file: z.string().optional(),
  /** Seconds for which an answer of Keystone counts. A revoked token is refused after this time. */
  cache_time: z.int().min(0).max(300).optional(),
};

/** The `identity` section of a configuration file: the users of this service, or the URL of a Keystone. */
export const identitySection = z
  .strictObject({ keystone: z.url().optional(), ...own, ...foreign })
  .superRefine((given, context) => {
    const [which, other] = given.keystone === undefined ? ['', foreign] : [' with keystone', own];
    const refuse = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    for (const key of Object.keys(other)) {
      if (Object.hasOwn(given, key))
        refuse(key, which === '' ? 'needs keystone' : 'cannot be used with keystone');
    }
    const required: (keyof typeof given)[] =
      given.keystone === undefined
        ? ['signing_key_file', 'projects', 'users']
        : given.application_credential_id === undefined
          ? ['username', 'password_file']
          : ['application_credential_secret_file'];
    for (const key of required) if (given[key] === undefined) refuse(key, `is required${which}`);
  });

/** The section as it is read. */
export type IdentitySection = z.output<typeof identitySection>;

/** This service's own users, projects and tokens, with the contents of the files that the section names. */
export interface IdentityConfig {
  readonly kind: 'own';
  readonly signingKey: Uint8Array;
  /** Seconds. */
  readonly token_lifetime: number;
  readonly domain: { readonly id: string; readonly name: string };
  readonly projects: readonly {
    readonly name: string;
    readonly id?: string | undefined;
    readonly description: string;
  }[];
  readonly users: readonly IdentityUser[];
}

/** A Keystone that validates tokens, and the credential with which this service asks it. */
export interface KeystoneConfig {
  readonly kind: 'keystone';
  /** Without the version. */
  readonly url: string;
  readonly auth: PasswordAuth | ApplicationCredentialAuth;
  readonly caFile?: string;
  /** Seconds. */
  readonly cacheTime: number;
}

/** A user with the hash of the password. */
interface IdentityUser {
  readonly name: string;
  readonly id?: string | undefined;
  readonly passwordHash: string;
  readonly roles: Readonly<Record<string, readonly z.output<typeof role>[]>>;
}

/** Users and projects, with passwords in clear text. */
export interface IdentityPlan {
  readonly signingKeyFile: string;
  /** Seconds. */
  readonly tokenLifetime?: number;
  readonly projects: readonly {
    readonly name: string;
    readonly id?: string;
    readonly description?: string;
  }[];
  readonly users: readonly {
    readonly name: string;
    readonly id?: string;
    readonly password: string;
    /** Roles by project name. */
    readonly roles: Readonly<Record<string, readonly ('admin' | 'member' | 'reader')[]>>;
  }[];
}

/**
 * The `identity` section of a configuration file, with each password hashed.
 *
 * @example
 * const identity = await identityConfig({
 *   signingKeyFile: 'signing.key',
 *   projects: [{ name: 'alice' }],
 *   users: [{ name: 'alice', password: 'secret', roles: { alice: ['member'] } }],
 * });
 */
export async function identityConfig(plan: IdentityPlan): Promise<z.input<typeof identitySection>> {
  return {
    signing_key_file: plan.signingKeyFile,
    ...(plan.tokenLifetime !== undefined && { token_lifetime: plan.tokenLifetime }),
    projects: plan.projects.map((project) => ({ ...project })),
    users: await Promise.all(
      plan.users.map(async ({ password, roles, ...person }) => ({
        ...person,
        password_hash: await hashPassword(password),
        roles: Object.fromEntries(Object.entries(roles).map(([project, names]) => [project, [...names]])),
      })),
    ),
  };
}
