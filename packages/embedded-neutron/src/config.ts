import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ConfigProblem, listenAddress, parseConfig } from '@ovn-docker/config-file';
import { z } from 'zod';
import { ProgramError } from './errors.ts';
import {
  type IdentityConfig,
  type IdentitySection,
  identitySection,
  type KeystoneConfig,
} from './identity/identity-config.ts';
import { defaultQuotas } from './policy/quotas.ts';
import { resources } from './resources/index.ts';

const text = z.string().trim().min(1, 'must not be empty');

const REMOTE = 'expected unix:PATH, tcp:HOST:PORT or ssl:HOST:PORT';
const remote = text.regex(/^(unix|tcp|ssl):./, REMOTE);

const quotas = defaultQuotas(resources);

const vlan = z.int().min(1).max(4094);
const physicalNetwork = z.strictObject({
  vlans: z
    .tuple([vlan, vlan])
    .refine(([first, last]) => first <= last, 'the first VLAN must not be above the last one')
    .default([1, 4094]),
});

const network = z.strictObject({
  mtu: z.int().min(68).max(65_535).default(1442),
  provider_mtu: z.int().min(68).max(65_535).default(1500),
  physical_networks: z.record(text, physicalNetwork).optional(),
  base_mac: z
    .string()
    .regex(/^[0-9a-f][02468ace](:[0-9a-f]{2}){2}$/, 'expected three octets of a unicast MAC, as fa:16:3e')
    .default('fa:16:3e'),
  dns_domain: text.default('openstacklocal.'),
  max_allowed_address_pairs: z.int().min(0).max(1000).default(10),
  max_fixed_ips_per_port: z.int().min(1).max(1000).default(16),
  trunk_on_bound_port: z.boolean().default(true),
  quotas: z
    .partialRecord(z.enum(Object.keys(quotas)), z.int().min(-1))
    .default({})
    .transform((given) => ({ ...quotas, ...given })),
});

/** What one client can take from the others. */
const limits = z.strictObject({
  /** Open connections; also limited by the number of open files. */
  connections: z.int().min(8).default(4096),
  /** Of one client address; of IPv6 of one /64 prefix. */
  connections_per_address: z.int().min(1).default(256),
  /** Requests of one token, together with those obtained with it; 0: any number. */
  requests_per_second: z.number().min(0).default(500),
  /** Requests of one token at once after a pause. */
  burst: z.int().min(1).default(2000),
  /** Seconds in which running requests can end when the service stops. */
  drain_time: z.number().min(0).max(3600).default(30),
});

const schema = z.strictObject({
  listen: z.strictObject({
    /** Required unless a Keystone is the identity service. */
    identity: listenAddress.optional(),
    network: listenAddress,
    metadata: listenAddress.optional(),
    /** Health and metrics, for the operator's monitoring. */
    health: listenAddress.optional(),
  }),
  /** Base URLs of the catalog, as clients reach them; by default the listening addresses. */
  public_url: z.strictObject({ identity: z.url().optional(), network: z.url().optional() }).default({}),
  /** Remotes of OVN Northbound: `tcp:HOST:PORT`, `unix:PATH`, one or several. */
  nb: z.union([remote, z.array(remote).min(1)], REMOTE),
  region: text.default('RegionOne'),
  /** PEM files; the identity and network listeners then serve https. */
  tls: z.strictObject({ certificate: text, key: text }).optional(),
  identity: identitySection,
  network: network.default(() => network.parse({})),
  limits: limits.default(() => limits.parse({})),
  /** The network whose addresses identify the callers of the metadata service. */
  metadata: z
    .strictObject({ network_id: text.optional(), network_name: text.optional() })
    .refine(
      (given) => given.network_id === undefined || given.network_name === undefined,
      'use either network_id or network_name',
    )
    .optional(),
  /** Whether each request is a line of the log, of the level info. */
  access_log: z.boolean().default(true),
  log_level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

/** The configuration with defaults filled in and files read. */
export type Config = Omit<z.output<typeof schema>, 'identity'> & {
  readonly identity: IdentityConfig | KeystoneConfig;
};
/** The configuration as it is written in the file. */
export type ConfigFile = z.input<typeof schema>;

/**
 * Reads and checks a configuration file. Paths in it are relative to its directory.
 *
 * @throws ProgramError CONFIG_UNREADABLE, CONFIG_INVALID, SIGNING_KEY_UNUSABLE
 */
export async function loadConfig(path: string): Promise<Config> {
  const config = parseText(path, await readText(path));
  requireKnownProjects(path, config.identity);
  if (config.listen.identity === undefined && config.identity.keystone === undefined) {
    throw new ProgramError('CONFIG_INVALID', `${path}: listen.identity: is required`);
  }
  const directory = dirname(resolve(path));
  const { tls } = config;
  return {
    ...config,
    identity: await readIdentity(directory, config.identity),
    tls: tls && { certificate: resolve(directory, tls.certificate), key: resolve(directory, tls.key) },
  };
}

async function readIdentity(directory: string, section: IdentitySection): Promise<Config['identity']> {
  const path = (name = '') => resolve(directory, name);
  if (section.keystone !== undefined) return readKeystone(path, section);
  const {
    token_lifetime = 3600,
    domain = { id: 'default', name: 'Default' },
    projects = [],
    users = [],
  } = section;
  return {
    kind: 'own',
    signingKey: await readSigningKey(path(section.signing_key_file)),
    token_lifetime,
    domain,
    projects,
    users: await Promise.all(
      users.map(async ({ password_hash, password_hash_file, ...person }) => ({
        ...person,
        passwordHash: password_hash ?? (await readSecret(path(password_hash_file))),
      })),
    ),
  };
}

async function readKeystone(
  path: (name?: string) => string,
  section: IdentitySection,
): Promise<KeystoneConfig> {
  const { application_credential_id: id, username = '', user_domain = 'Default', ca_file } = section;
  const auth =
    id === undefined
      ? ({
          type: 'password',
          username,
          password: await readSecret(path(section.password_file)),
          userDomain: { name: user_domain },
          project: section.project ?? 'service',
          projectDomain: { name: section.project_domain ?? 'Default' },
        } as const)
      : ({
          type: 'application_credential',
          id,
          secret: await readSecret(path(section.application_credential_secret_file)),
        } as const);
  return {
    kind: 'keystone',
    url: (section.keystone ?? '').replace(/(?<!\/)\/+$/, '').replace(/\/v3$/, ''),
    auth,
    ...(ca_file !== undefined && { caFile: path(ca_file) }),
    cacheTime: section.cache_time ?? 60,
  };
}

function parseText(path: string, text: string): z.output<typeof schema> {
  try {
    return parseConfig(schema, text, path);
  } catch (error) {
    throw error instanceof ConfigProblem ? new ProgramError('CONFIG_INVALID', error.message) : error;
  }
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new ProgramError('CONFIG_UNREADABLE', `cannot read ${path}`, { cause });
  });
}

async function readSecret(path: string): Promise<string> {
  return (await readText(path)).trim();
}

async function readSigningKey(path: string): Promise<Uint8Array> {
  const key = new TextEncoder().encode(await readSecret(path));
  // RFC 7518 section 3.2: an HS256 key is at least as long as the hash.
  if (key.length >= 32) return key;
  throw new ProgramError('SIGNING_KEY_UNUSABLE', `${path} contains fewer than 32 bytes`);
}

function requireKnownProjects(path: string, { projects = [], users = [] }: IdentitySection): void {
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
