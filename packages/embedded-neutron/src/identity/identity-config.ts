import type { ConfigFile } from '../config.ts';
import { hashPassword } from './password.ts';

/** People and projects as one would say them, with passwords in clear. */
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
    /** Roles by the name of the project. */
    readonly roles: Readonly<Record<string, readonly ('admin' | 'member' | 'reader')[]>>;
  }[];
}

/** The `identity` part of a configuration file, with each password hashed. */
export async function identityConfig(plan: IdentityPlan): Promise<ConfigFile['identity']> {
  return {
    signing_key_file: plan.signingKeyFile,
    ...(plan.tokenLifetime !== undefined && { token_lifetime: plan.tokenLifetime }),
    projects: plan.projects.map((project) => ({ ...project })),
    users: await Promise.all(
      plan.users.map(async ({ password, roles, ...user }) => ({
        ...user,
        password_hash: await hashPassword(password),
        roles: Object.fromEntries(Object.entries(roles).map(([project, names]) => [project, [...names]])),
      })),
    ),
  };
}
