import { z } from 'zod';
import type { PublishMode } from '../../config/agent-config.ts';
import { OvnDockerError } from '../../errors.ts';
import type { Requests } from './wire.ts';

/** One element of `com.docker.network.portmap` (moby libnetwork, types.PortBinding). */
const binding = z.object({
  /** IANA protocol number. */
  Proto: z.int().min(0).max(255),
  Port: z.int().min(0).max(65_535),
  HostIP: z.union([z.ipv4(), z.ipv6(), z.literal('')]).default(''),
  /** 0: Docker chooses the port. */
  HostPort: z.int().min(0).max(65_535).default(0),
});

const PROTOCOLS: Readonly<Record<number, string>> = { 6: 'tcp', 17: 'udp', 132: 'sctp' };

/** A warning and a row in the VM's switch name at most this many ports. */
const MAX_NAMED = 8;

/**
 * The ports that the user asks Docker to publish (`docker run -p`), as `docker ps` writes them, such as
 * `8080->80/tcp`; undefined when there are none. Docker sends them with every Join of the container, and with
 * CreateEndpoint until one of the container's networks publishes them.
 */
export function publishedPorts(options: Requests['Join']['Options']): string | undefined {
  const ports = options?.['com.docker.network.portmap'];
  if (!Array.isArray(ports) || ports.length === 0) return undefined;
  const names = ports.slice(0, MAX_NAMED).map(describe);
  return [...names, ...(ports.length > MAX_NAMED ? [`${ports.length - MAX_NAMED} more`] : [])].join(', ');
}

function describe(port: unknown): string {
  const parsed = binding.safeParse(port);
  if (!parsed.success) return 'a port';
  const { Proto, Port, HostIP, HostPort } = parsed.data;
  const host = [HostIP, HostPort || ''].filter(Boolean).join(':');
  return `${host && `${host}->`}${Port}/${PROTOCOLS[Proto] ?? Proto}`;
}

/**
 * @throws OvnDockerError `E_PUBLISH` when the container publishes ports and the network refuses that, also
 * when another network of the container would publish them: Docker joins networks in any order
 */
export function requirePublishable(published: string | undefined, mode: PublishMode): void {
  if (published === undefined || mode !== 'refuse') return;
  throw new OvnDockerError('E_PUBLISH', `this network takes no container that publishes ports: ${published}`);
}
