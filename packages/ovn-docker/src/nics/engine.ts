import type { Neutron } from '@ovn-docker/openstack';
import type { Log } from '../observe/log.ts';
import type { InTurn } from '../queues/in-turn.ts';
import type { Vm } from '../vm/vm.ts';
import type { Nic } from './nic.ts';
import type { NicPool } from './pool.ts';
import type { NicPools } from './pools.ts';
import type { NicRegistry } from './registry.ts';
import type { ReturnedPorts } from './returned-ports.ts';

/** What lives as long as the agent does, and what every dialect in `plugins/` works on. */
export interface Engine {
  /** Neutron with the agent's own credential. */
  readonly neutron: Neutron;
  /** The VM as a parent; waits for Neutron when the agent was started while it was away. */
  vm(): Promise<Vm>;
  /** Every NIC that is not draining. */
  readonly nics: NicRegistry;
  readonly pools: NicPools;
  /** Has a pool that became short filled in the background. */
  wake(pool: NicPool): void;
  /** NICs that are gone here, but not yet in Neutron. */
  readonly draining: Set<Nic>;
  /** Work on one NIC goes one after the other: a request and an event may want the same at once. */
  readonly inTurn: InTurn;
  /** What Neutron says of ports that come back from containers. */
  readonly returned: ReturnedPorts;
  readonly log: Log;
}
