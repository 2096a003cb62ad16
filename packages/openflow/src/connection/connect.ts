import { createConnection } from 'node:net';
import type { ConnectOptions, OpenFlow } from './openflow.ts';
import { Session } from './session.ts';

/**
 * Connects to a bridge and agrees on OpenFlow 1.4.
 *
 * @throws OpenFlowError `OPENFLOW_UNREACHABLE`, `OPENFLOW_VERSION`, `OPENFLOW_TIMEOUT`, `OPENFLOW_MALFORMED`
 * @example
 * ```ts
 * await using of = await connect({ path: '/run/openvswitch/br0.mgmt' });
 * const cookie = 0x42n;
 * await of.change([
 *   { deleteAll: { cookie: { value: cookie, mask: 0xffffffffffffffffn } } },
 *   { add: { table: 0, priority: 20, cookie, match: { inPort: 5 }, instructions: {} } },
 * ]);
 * ```
 */
export async function connect({
  path,
  timeoutMs = 10_000,
  maxReplyBytes = 64 * 1024 * 1024,
}: ConnectOptions): Promise<OpenFlow> {
  const session = new Session(createConnection(path), path, { timeoutMs, maxReplyBytes });
  await session.greet();
  return session;
}
