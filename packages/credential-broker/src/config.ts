import { readFile } from 'node:fs/promises';
import { ConfigProblem, listenAddress, parseConfig, splitAddress } from '@ovn-docker/config-file';
import { z } from 'zod';
import { BrokerError } from './errors.ts';

const text = z.string().trim().min(1, 'must not be empty');
const path = text.startsWith('/', 'must be an absolute path');
const count = z.int().min(1);

/** Limits for each VM. */
const limits = z.strictObject({
  /** Ports with the VM's mark; `invite --max-ports` overrides it. */
  ports: z.int().min(0).max(4094).default(500),
  requests_per_second: z.number().min(1).default(50),
  /** Requests that a VM may send at once after a pause. */
  burst: count.default(200),
  /** Requests of one VM that the broker works on at the same time. */
  concurrent: count.default(16),
  /** Open connections of one address. */
  connections: count.default(64),
});

const neutron = z.strictObject({
  /** Longest duration of one request to Neutron, in seconds; shorter than the agents' own 60 s. */
  timeout: z.number().min(1).max(600).default(55),
  /** Requests of all VMs to Neutron at the same time. */
  concurrent: count.default(32),
});

const schema = z.strictObject({
  listen: listenAddress.default('0.0.0.0:9797'),
  /** DNS names and addresses by which VMs reach the broker; its server certificate contains them. */
  names: z.array(text).min(1, 'name at least one'),
  /** The URL that `invite` prints; by default the first of `names` with the port of `listen`. */
  url: z.url({ protocol: /^https$/, message: 'must be an https URL' }).optional(),
  /** The folder of the CA, the invitations and the revocations. */
  folder: path.default('/var/lib/ovn-docker-broker'),
  cloud: z
    .strictObject({
      /** Name of the cloud in clouds.yaml. */
      cloud: text.optional(),
      clouds_yaml: text.optional(),
      /** Keystone's URL, unless another source of the credential contains it. */
      auth_url: z.url({ protocol: /^https?$/, message: 'must be an http or https URL' }).optional(),
    })
    .default({}),
  /** How agents connect ports to their VM's port; `port-binding` lets them write that part of the profile. */
  parent_mode: z.enum(['trunk', 'port-binding']).default('trunk'),
  /** Validity of a VM's certificate, in days. */
  certificate_days: z.number().min(0.01).max(366).default(7),
  limits: limits.default(() => limits.parse({})),
  neutron: neutron.default(() => neutron.parse({})),
  log_level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

/** The configuration with defaults filled in. */
export type Config = z.output<typeof schema>;

/**
 * Reads and checks a configuration file.
 *
 * @throws BrokerError CONFIG_UNREADABLE, CONFIG_INVALID
 */
export async function loadConfig(file: string): Promise<Config> {
  const content = await readFile(file, 'utf8').catch((cause: Error) => {
    throw new BrokerError('CONFIG_UNREADABLE', `cannot read ${file}: ${cause.message}`, { cause });
  });
  return parseBrokerConfig(content, file);
}

/** Checks the text of a configuration, which messages call `file`. @throws BrokerError CONFIG_INVALID */
export function parseBrokerConfig(content: string, file: string): Config {
  try {
    return parseConfig(schema, content, file);
  } catch (error) {
    throw error instanceof ConfigProblem ? new BrokerError('CONFIG_INVALID', error.message) : error;
  }
}

/** The URL by which VMs reach the broker. */
export function publicUrl({ url, names: [name = ''], listen }: Config): string {
  if (url !== undefined) return url.endsWith('/') ? url.slice(0, -1) : url;
  const host = name.includes(':') ? `[${name}]` : name;
  return `https://${host}:${splitAddress(listen).port}`;
}
