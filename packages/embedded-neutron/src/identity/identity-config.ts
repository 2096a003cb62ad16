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

/** The `identity` section of a configuration file. */
export const identitySection = z.strictObject({
  /** Secret key of the token signatures, at least 32 bytes; the same for all replicas. */
  signing_key_file: z.string(),
  /** Seconds. */
  token_lifetime: z.int().min(1).default(3600),
  domain: z.strictObject({ id, name: z.string() }).default({ id: 'default', name: 'Default' }),
  projects: z.array(
    z.strictObject({ name: z.string().min(1), id: id.optional(), description: z.string().default('') }),
  ),
  users: z.array(user),
});

/** The section as it is read: defaults filled in. */
export type IdentitySection = z.output<typeof identitySection>;

/** Users, projects and tokens, with the contents of the files that the section names. */
export type IdentityConfig = Omit<IdentitySection, 'users' | 'signing_key_file'> & {
  readonly signingKey: Uint8Array;
  readonly users: readonly IdentityUser[];
};

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
