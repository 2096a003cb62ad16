import { readFile } from 'node:fs/promises';
import { ConfigProblem, parseConfig } from '@ovn-docker/config-file';
import { whoElseCanChange } from '@ovn-docker/openstack';
import { z } from 'zod';
import { OvnDockerError } from '../errors.ts';
import { withoutBlanks } from './blank-values.ts';
import { serveSchema } from './serve-config.ts';

export const DEFAULT_CONFIG_FILE = '/etc/ovn-docker/config.yaml';

const text = z.string().trim();
/** IFNAMSIZ: Linux's names of interfaces have at most 15 bytes. */
const interfaceName = text.max(15).regex(/^[^\s/]*$/, 'must be the name of an interface');
const path = text.startsWith('/', 'must be an absolute path');
/** Only TLS protects the VM's identity. */
const httpsUrl = z.url({ protocol: /^https$/, message: 'must be an https URL' });
const httpUrl = z.url({ protocol: /^https?$/, message: 'must be an http or https URL' });
/** Any long time is fine: it means never. */
const seconds = z.number().min(1);

const marks = z.strictObject({
  /** The agent fills a pool that has fewer warm NICs than this. */
  low: z.number().int().min(0).max(4094),
  /** The number of warm NICs that a filled pool has; 0 keeps no NIC warm. */
  high: z.number().int().min(0).max(4094),
  /** The number of NICs that are created together. */
  batch: z.number().int().min(1).max(500),
  /** Seconds after which unused warm NICs are deleted. */
  idle: seconds,
});

const defaultMarks = { low: 2, high: 8, batch: 50, idle: 600 } as const;

/**
 * What the agent does with a container that publishes ports (`-p`), which a logical network cannot do:
 * - `warn`: the container starts; the agent warns if no other network publishes the ports
 * - `refuse`: the container does not start
 */
export const publishModes = ['warn', 'refuse'] as const;
export type PublishMode = (typeof publishModes)[number];

const cloud = z
  .strictObject({
    /** Name of the cloud in clouds.yaml. */
    cloud: text.optional(),
    clouds_yaml: text.optional(),
    /** Keystone's URL, unless another source of the credential contains it. */
    auth_url: httpUrl.optional(),
    /** URL of the credential broker, through which the agent reaches Neutron without a credential. */
    broker: httpsUrl.optional(),
    /** File with the VM's certificate, and its key if there is no `key`. */
    certificate: path.optional(),
    /** File with the key, if another program renews the certificate. */
    key: path.optional(),
    /** File with the certificate authority of the broker. */
    ca: path.optional(),
  })
  .refine(({ broker, cloud, clouds_yaml }) => !broker || !(cloud || clouds_yaml), {
    message: 'must not have `cloud` or `clouds_yaml` beside `broker`: the agent needs one of them',
  })
  .refine(({ broker, certificate, key, ca }) => broker || !(certificate || key || ca), {
    message: '`certificate`, `key` and `ca` belong to `broker`, which is missing',
  });

/** The agent's configuration, which ovn-docker-config(5) explains. The defaults suit an ordinary VM. */
const schema = z.strictObject({
  cloud: cloud.default({}),
  ovs: z
    .strictObject({
      remote: text
        .regex(/^(unix|tcp|ssl):./, 'must be unix:PATH, tcp:HOST:PORT or ssl:HOST:PORT')
        .default('unix:/run/openvswitch/db.sock'),
      bridge: interfaceName.default('br0'),
      /** Path of the bridge's management socket; by default BRIDGE.mgmt beside the socket of `remote`. */
      management: path.optional(),
    })
    .default({ remote: 'unix:/run/openvswitch/db.sock', bridge: 'br0' }),
  /** The VM's interface to the hypervisor, which is a port of the bridge. */
  uplink: interfaceName.default('eth0'),
  docker: z
    .strictObject({
      socket: path.default('/var/run/docker.sock'),
      plugins_dir: path.default('/run/docker/plugins'),
      driver: text.regex(/^[\w.-]*$/, 'must be the name of a Docker plugin').default('ovn'),
      publish: z.enum(publishModes).default('warn'),
    })
    .default({
      socket: '/var/run/docker.sock',
      plugins_dir: '/run/docker/plugins',
      driver: 'ovn',
      publish: 'warn',
    }),
  /** What containers may send, besides what their ports' security groups say. */
  guard: z
    .strictObject({
      /** What only a DHCP server sends; a label exempts single containers. */
      dhcp: z.enum(['drop', 'allow']).default('drop'),
    })
    .default({ dhcp: 'drop' }),
  socket: path.default('/run/ovn-docker/agent.sock'),
  /** The group whose members may open the agent's socket, by name or number; only root without it. */
  socket_group: text.min(1).optional(),
  vif_id: text.optional(),
  metadata_url: httpUrl.or(z.literal('')).default('http://169.254.169.254'),
  mode: z.enum(['auto', 'trunk', 'port-binding']).default('auto'),
  /** Warm NICs of every network, and the values that differ for one network, by its name or id. */
  pool: marks
    .extend({ networks: z.record(z.string(), marks.partial()).default({}) })
    .partial()
    .default({}),
  reconcile: z
    .strictObject({
      /** Seconds between two passes of the reconciler. */
      every: seconds.default(30),
      /** Seconds that a requested NIC may wait for its container. */
      patience: seconds.default(60),
    })
    .default({ every: 30, patience: 60 }),
  probes: z
    .strictObject({
      /** Seconds between two probes of one interface; longer with hundreds of them. */
      every: z.number().min(1).max(3600).default(15),
    })
    .default({ every: 15 }),
  /** Where the agent shows its health to other machines; nowhere without it. */
  serve: serveSchema.optional(),
  log_level: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
});

export type AgentConfig = z.infer<typeof schema>;

/** What every container may send ({@link AgentConfig}). */
export type GuardPolicy = AgentConfig['guard'];

/** How many warm NICs a pool keeps and for how long, from the configuration. */
export interface PoolMarks {
  /** The agent fills the pool when it has fewer warm NICs than this. */
  readonly low: number;
  /** The number of warm NICs of a full pool, which accepts no returned NICs; 0 keeps no NIC warm. */
  readonly high: number;
  /** The number of NICs that are created together, in one bulk request and one transaction. */
  readonly batch: number;
  /**
   * Milliseconds after which unused warm NICs are deleted, down to `low`; all of them on an unused network.
   */
  readonly idleMs: number;
}

/** The marks of a network's pools: the network's own values, else those of all pools, else the defaults. */
export function poolMarks({ pool }: AgentConfig, network: { id: string; name: string }): PoolMarks {
  const own = pool.networks?.[network.id] ?? pool.networks?.[network.name] ?? {};
  const mark = (name: keyof typeof defaultMarks) => own[name] ?? pool[name] ?? defaultMarks[name];
  const high = mark('high');
  return { low: Math.min(mark('low'), high), high, batch: mark('batch'), idleMs: mark('idle') * 1000 };
}

/**
 * Reads the configuration. A missing default file counts as empty.
 * @param file a file that must exist; the default file when undefined
 * @param onWarning learns which keys are empty
 * @throws OvnDockerError `E_CONFIG` with the path of the wrong value
 */
export async function readAgentConfig(
  file?: string,
  onWarning?: (message: string) => void,
): Promise<AgentConfig> {
  const path = file ?? DEFAULT_CONFIG_FILE;
  let text = '';
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    // A user who is not root may lack permission, and needs the file only for commands that need root.
    const { code } = error as NodeJS.ErrnoException;
    const isExpected =
      file === undefined && (code === 'ENOENT' || (code === 'EACCES' && process.getuid?.() !== 0));
    if (!isExpected) {
      const hint =
        code === 'ENOENT'
          ? 'correct the path of --config, or create the file; `man ovn-docker-config` explains all settings'
          : 'let root read the file, and run the command as root';
      throw new OvnDockerError('E_CONFIG', `cannot read ${path}: ${(error as Error).message}`, { hint });
    }
  }
  return parseAgentConfig(text, path, onWarning);
}

/**
 * The agent obeys the file as root, so only root may be able to change it. A missing file is fine.
 * @throws OvnDockerError `E_CONFIG`
 */
export async function requireRootsFile(file: string = DEFAULT_CONFIG_FILE): Promise<void> {
  const writer = await whoElseCanChange(file).catch(() => undefined);
  if (writer === undefined) return;
  throw new OvnDockerError('E_CONFIG', `the agent does not read ${file}: ${writer}`, {
    hint: 'let only root write the file and the directories above it',
  });
}

/** @throws OvnDockerError `E_CONFIG` */
export function parseAgentConfig(
  text: string,
  path: string,
  onWarning: (message: string) => void = () => undefined,
): AgentConfig {
  const blanks: string[] = [];
  try {
    const config = parseConfig(schema, text, path, (value) =>
      withoutBlanks(value, (key) => blanks.push(key)),
    );
    for (const key of blanks) onWarning(`${path}: ${key} is empty and counts as not set`);
    return config;
  } catch (error) {
    throw error instanceof ConfigProblem ? new OvnDockerError('E_CONFIG', error.message) : error;
  }
}
