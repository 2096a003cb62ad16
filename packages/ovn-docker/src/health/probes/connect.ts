import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import { connectInNetns } from '@ovn-docker/netlink';
import type { Probe } from '../../config/probe-label.ts';

/** How long a connection, or an answer, may take, in milliseconds. */
const PATIENCE_MS = 2000;

/** The part of a probe that connects to the container. */
export type ConnectingProbe = Exclude<Probe, { kind: 'gateway' }>;

/**
 * Connects to a port of the container through a network namespace, and sends an HTTP request if the probe
 * says so. Any status from 200 to 399 passes; the body of the answer is not read.
 * @throws Error that says what was missing
 */
export async function connectTo(netns: string, address: string, probe: ConnectingProbe): Promise<void> {
  const { port } = probe;
  using socket = disposable(connectInNetns(netns, address, port));
  const limit = AbortSignal.timeout(PATIENCE_MS);
  try {
    await once(socket.value, 'connect', { signal: limit });
    if (probe.kind === 'tcp') return;
    const host = isIPv6(address) ? `[${address}]` : address;
    const headers = { host: `${host}:${port}`, connection: 'close', 'user-agent': 'ovn-docker' };
    const asked = get({ path: probe.path, headers, createConnection: () => socket.value });
    // Closing the socket is an error of the request, and could be one of the answer.
    asked.on('error', () => undefined);
    const [answer] = (await once(asked, 'response', { signal: limit })) as [IncomingMessage];
    const { statusCode = 0 } = answer.on('error', () => undefined);
    if (statusCode < 200 || statusCode > 399) throw new Error(`HTTP status ${statusCode}`);
  } catch (error) {
    throw limit.aborted ? new Error(`no answer in ${PATIENCE_MS / 1000} s`) : error;
  }
}

function disposable<T extends { destroy(): unknown; on(event: 'error', listener: () => void): unknown }>(
  value: T,
) {
  // An error after the last `once` must not end the agent.
  value.on('error', () => undefined);
  return { value, [Symbol.dispose]: () => void value.destroy() };
}
