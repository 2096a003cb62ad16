import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { quotaResources } from './backend.ts';
import { ProgramError } from './errors.ts';

const address = z.string().regex(/^(\[[0-9a-fA-F:.]+\]|[^:\s]+):\d{1,5}$/, 'expected host:port');
const id = z.string().regex(/^[0-9a-zA-Z_-]{1,64}$/);
const role = z.enum(['admin', 'member', 'reader']);

const user = z
  .strictObject({
    name: z.string().min(1),
    id: id.optional(),
    password_hash: z.string().startsWith('scrypt$').optional(),
    password_hash_file: z.string().optional(),
    /** Roles by the name of the project. */
    roles: z.record(z.string(), z.array(role).min(1)),
  })
  .refine((given) => (given.password_hash === undefined) !== (given.password_hash_file === undefined), {
    message: 'a user needs either password_hash or password_hash_file',
  });

const identity = z.strictObject({
  /** Secret of the token signatures, at least 32 bytes; the same for all replicas. */
  signing_key_file: z.string(),
  /** Seconds. */
  token_lifetime: z.int().min(1).default(3600),
  domain: z.strictObject({ id, name: z.string() }).default({ id: 'default', name: 'Default' }),
  projects: z.array(
    z.strictObject({ name: z.string().min(1), id: id.optional(), description: z.string().default('') }),
  ),
  users: z.array(user),
});

const defaultQuotas = {
  network: 500,
  subnet: 500,
  subnetpool: -1,
  port: 5000,
  router: 10,
  floatingip: 50,
  rbac_policy: 10,
  security_group: 500,
  security_group_rule: 5000,
  trunk: -1,
};

const network = z.strictObject({
  mtu: z.int().min(68).max(65_535).default(1442),
  provider_mtu: z.int().min(68).max(65_535).default(1500),
  base_mac: z
    .string()
    .regex(/^[0-9a-f][02468ace](:[0-9a-f]{2}){2}$/, 'expected three octets of a unicast MAC, as fa:16:3e')
    .default('fa:16:3e'),
  dns_domain: z.string().default('openstacklocal.'),
  max_allowed_address_pairs: z.int().min(0).default(10),
  quotas: z
    .partialRecord(z.enum(quotaResources), z.int().min(-1))
    .default({})
    .transform((given) => ({ ...defaultQuotas, ...given })),
});

const schema = z.strictObject({
  listen: z.strictObject({ identity: address, network: address, metadata: address.optional() }),
  /** Base URLs as clients see them, for the catalog; by default the listening addresses. */
  public_url: z.strictObject({ identity: z.url().optional(), network: z.url().optional() }).default({}),
  /** Remotes of OVN Northbound: `tcp:HOST:PORT`, `unix:PATH`, one or several. */
  nb: z.union([z.string(), z.array(z.string()).min(1)]),
  region: z.string().default('RegionOne'),
  identity,
  network: network.default(() => network.parse({})),
  /** The network whose source addresses tell who asks the metadata service. */
  metadata: z
    .strictObject({ network_id: z.string().optional(), network_name: z.string().optional() })
    .optional(),
  log_level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

/** The configuration as it is used: defaults filled in, files read. */
export type Config = Omit<z.output<typeof schema>, 'identity'> & { readonly identity: IdentityConfig };
/** The configuration as it is written. */
export type ConfigFile = z.input<typeof schema>;

/** Users, projects and tokens. */
export type IdentityConfig = Omit<z.output<typeof identity>, 'users' | 'signing_key_file'> & {
  readonly signingKey: Uint8Array;
  readonly users: readonly IdentityUser[];
};

/** A user with the hash of the password. */
export interface IdentityUser {
  readonly name: string;
  readonly id?: string | undefined;
  readonly passwordHash: string;
  readonly roles: Readonly<Record<string, readonly z.output<typeof role>[]>>;
}

/**
 * Reads and checks a configuration file. Paths in it are relative to it.
 *
 * @throws ProgramError CONFIG_UNREADABLE, CONFIG_INVALID, SIGNING_KEY_UNUSABLE
 */
export async function loadConfig(path: string): Promise<Config> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new ProgramError('CONFIG_UNREADABLE', `cannot read ${path}`, { cause });
  });
  const parsed = schema.safeParse(parseYaml(path, text));
  if (!parsed.success) throw new ProgramError('CONFIG_INVALID', `${path}: ${z.prettifyError(parsed.error)}`);
  const base = dirname(resolve(path));
  const { users, signing_key_file, ...rest } = parsed.data.identity;
  requireKnownProjects(path, parsed.data.identity);
  return {
    ...parsed.data,
    identity: {
      ...rest,
      signingKey: await readSigningKey(resolve(base, signing_key_file)),
      users: await Promise.all(
        users.map(async ({ password_hash, password_hash_file, ...person }) => ({
          ...person,
          passwordHash: password_hash ?? (await readSecret(resolve(base, password_hash_file ?? ''))),
        })),
      ),
    },
  };
}

function parseYaml(path: string, text: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    throw new ProgramError('CONFIG_INVALID', `${path} is not YAML`, { cause });
  }
}

async function readSecret(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new ProgramError('CONFIG_UNREADABLE', `cannot read ${path}`, { cause });
  });
  return text.trim();
}

async function readSigningKey(path: string): Promise<Uint8Array> {
  const key = new TextEncoder().encode(await readSecret(path));
  // RFC 7518 section 3.2: an HS256 key is at least as long as the hash.
  if (key.length >= 32) return key;
  throw new ProgramError('SIGNING_KEY_UNUSABLE', `${path} holds less than 32 bytes`);
}

function requireKnownProjects(path: string, { projects, users }: z.output<typeof identity>): void {
  const known = new Set(projects.map(({ name }) => name));
  for (const { name, roles } of users) {
    const unknown = Object.keys(roles).find((project) => !known.has(project));
    if (unknown !== undefined) {
      throw new ProgramError(
        'CONFIG_INVALID',
        `${path}: user ${name} has roles in unknown project ${unknown}`,
      );
    }
  }
}
