import type { OpenFlowError } from '../errors.ts';
import type { FlowChange, FlowFilter, FlowStats } from '../flow/flow.ts';
import type { FlowUpdate } from '../flow/flow-monitor.ts';

/** How to reach a bridge. */
export interface ConnectOptions {
  /** Path of the bridge's management socket, such as `/run/openvswitch/br0.mgmt` (ovs-vswitchd(8)). */
  readonly path: string;
  /** Time limit of connecting and of every request, in milliseconds; 10,000 when left out. */
  readonly timeoutMs?: number;
  /**
   * Largest answer to one request, in bytes of all its parts; 64 MiB when left out. A flow takes about 150.
   */
  readonly maxReplyBytes?: number;
}

/**
 * A connection to the flow tables of one bridge. It does not reconnect by itself: a switch that closes the
 * connection has usually restarted and lost all flows, which the caller must know.
 */
export interface OpenFlow extends AsyncDisposable {
  /**
   * Reads flows with their counters.
   * @throws OpenFlowError `OPENFLOW_TIMEOUT`, `OPENFLOW_CLOSED`, `OPENFLOW_TOO_LARGE`, `OPENFLOW_REFUSED`
   */
  flows(filter?: FlowFilter): Promise<FlowStats[]>;

  /**
   * Carries out all changes together and in order, or none of them (a bundle, OpenFlow 1.4 §6.8). When it
   * resolves, the switch forwards by the new flows.
   * @throws OpenFlowError `OPENFLOW_INVALID` before anything is sent; `OPENFLOW_REFUSED` when nothing was
   *   changed; `OPENFLOW_TIMEOUT` and `OPENFLOW_CLOSED` when the outcome is unknown
   */
  change(changes: readonly FlowChange[]): Promise<void>;

  /**
   * Reports changes that others make, not those of this connection (a flow monitor, OpenFlow 1.4 §7.3.5.17).
   * A connection can have one watch. Resolves when the switch has begun to report.
   * @throws OpenFlowError `OPENFLOW_INVALID` for a second watch; `OPENFLOW_REFUSED` by a switch without
   *   monitors
   */
  watch(filter: WatchFilter, listener: (updates: readonly FlowUpdate[]) => void): Promise<void>;

  /**
   * Resolves with the reason when the connection has ended; with `undefined` after `close()`. Never rejects.
   */
  readonly closed: Promise<OpenFlowError | undefined>;

  close(): Promise<void>;
}

/**
 * Which flows to watch. A cookie is no filter here, because another program can replace a flow under its own.
 */
export type WatchFilter = Omit<FlowFilter, 'cookie'>;
