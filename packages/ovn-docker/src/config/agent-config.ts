import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { OvnDockerError } from '../errors.ts';

export const DEFAULT_CONFIG_FILE = '/etc/ovn-docker/config.yaml';

const marks = z.strictObject({
  /** Below this many warm NICs a pool is filled. */
  low: z.number().int().min(0).max(4094),
  /** It is filled up to this many; 0 keeps no NIC warm. */
  high: z.number().int().min(0).max(4094),
  /** NICs that are made together. */
  batch: z.number().int().min(1).max(500),
  /** Seconds after which warm NICs that nobody needed go. */
  idle: z.number().min(1),
});

const usualMarks = { low: 2, high: 8, batch: 50, idle: 600 } as const;

/** The agent's configuration; every value has the default of an ordinary VM. README.md explains them. */
const schema = z.strictObject({
  cloud: z
    .strictObject({
      /** Name of the cloud in clouds.yaml. */
      cloud: z.string().optional(),
      clouds_yaml: z.string().optional(),
      /** Where Keystone is, when nothing else says it. */
      auth_url: z.string().optional(),
    })
    .default({}),
  ovs: z
    .strictObject({
      remote: z.string().default('unix:/run/openvswitch/db.sock'),
      bridge: z.string().default('br0'),
    })
    .default({ remote: 'unix:/run/openvswitch/db.sock', bridge: 'br0' }),
  /** The VM's interface towards the hypervisor, a port of the bridge. */
  uplink: z.string().default('eth0'),
  docker: z
    .strictObject({
      socket: z.string().default('/var/run/docker.sock'),
      plugins_dir: z.string().default('/run/docker/plugins'),
      driver: z.string().default('ovn'),
    })
    .default({ socket: '/var/run/docker.sock', plugins_dir: '/run/docker/plugins', driver: 'ovn' }),
  socket: z.string().default('/run/ovn-docker/agent.sock'),
  vif_id: z.string().optional(),
  metadata_url: z.string().default('http://169.254.169.254'),
  mode: z.enum(['auto', 'trunk', 'port-binding']).default('auto'),
  /** Warm NICs of every network, and what is different for one, by its name or id. */
  pool: marks
    .extend({ networks: z.record(z.string(), marks.partial()).default({}) })
    .partial()
    .default({}),
  reconcile: z
    .strictObject({
      /** Seconds between two passes. */
      every: z.number().min(1).default(30),
      /** Seconds for which what was asked for may wait for its container. */
      patience: z.number().min(1).default(60),
    })
    .default({ every: 30, patience: 60 }),
  log_level: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
});

export type AgentConfig = z.infer<typeof schema>;

/** How many warm NICs a pool has; from the configuration. */
export interface PoolMarks {
  /** Below this many it is filled. */
  readonly low: number;
  /** It is filled up to this many, and takes no more back. 0: no NIC is kept warm. */
  readonly high: number;
  /** NICs that are made together: in one bulk request and one transaction. */
  readonly batch: number;
  /** What was not needed for so long, in milliseconds, goes; a pool that nobody uses goes whole. */
  readonly idleMs: number;
}

/** The marks of one network's pools: what is said of the network, else of all, else the usual. */
export function poolMarks({ pool }: AgentConfig, network: { id: string; name: string }): PoolMarks {
  const own = pool.networks?.[network.id] ?? pool.networks?.[network.name] ?? {};
  const mark = (name: keyof typeof usualMarks) => own[name] ?? pool[name] ?? usualMarks[name];
  const high = mark('high');
  return { low: Math.min(mark('low'), high), high, batch: mark('batch'), idleMs: mark('idle') * 1000 };
}

/** The id of the VM's own port, when the environment or the configuration says it. */
export function configuredVifId(config: AgentConfig): string | undefined {
  // As with the OS_* variables of the credential, one that is empty says nothing.
  return process.env['OS_VIF_ID'] || config.vif_id;
}

/**
 * Reads the configuration. A file that is not there is an empty one, unless it was named.
 * @throws OvnDockerError `E_CONFIG` with the path of the wrong value
 */
export async function readAgentConfig(file?: string): Promise<AgentConfig> {
  const path = file ?? DEFAULT_CONFIG_FILE;
  let text = '';
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    // Whoever is not root may well not read it, and needs it only for what needs root anyway.
    const { code } = error as NodeJS.ErrnoException;
    const usual =
      file === undefined && (code === 'ENOENT' || (code === 'EACCES' && process.getuid?.() !== 0));
    if (!usual) throw new OvnDockerError('E_CONFIG', `cannot read ${path}: ${(error as Error).message}`);
  }
  return parseAgentConfig(text, path);
}

/** @throws OvnDockerError `E_CONFIG` */
export function parseAgentConfig(text: string, path: string): AgentConfig {
  let value: unknown;
  try {
    value = parse(text) ?? {};
  } catch (error) {
    throw new OvnDockerError('E_CONFIG', `${path} is not YAML: ${(error as Error).message}`);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new OvnDockerError('E_CONFIG', `${path}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
