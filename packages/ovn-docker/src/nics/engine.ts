import type { Neutron } from '@ovn-docker/openstack';
import type { Log } from '../observe/log.ts';
import type { InTurn } from '../queues/in-turn.ts';
import type { Vm } from '../vm/vm.ts';
import type { Nic } from './nic.ts';
import type { NicPool } from './pool.ts';
import type { NicPools } from './pools.ts';
import type { NicRegistry } from './registry.ts';
import type { ReturnedPorts } from './returned-ports.ts';

/** The services of a running agent: the first parameter of every use case from `lifecycle/` upwards. */
export interface Engine {
  /** Neutron with the agent's own credential. */
  readonly neutron: Neutron;
  /**
   * The VM as a parent of containers, as Neutron knows it or, while Neutron is away, as the VM's switch has
   * recorded it. Rejects when neither is known.
   */
  vm(): Promise<Vm>;
  /** Asks Neutron to confirm what comes from the records alone; resolves at once when nothing does. */
  confirm(): Promise<void>;
  /** Why Neutron has not confirmed what the agent knows; undefined when it has. */
  readonly unconfirmed: string | undefined;
  /** Every NIC that is not draining. */
  readonly nics: NicRegistry;
  readonly pools: NicPools;
  /** Fills a pool in the background if it is below its low mark. */
  wake(pool: NicPool): void;
  /** NICs that are deleted in this VM, but not yet in Neutron. */
  readonly draining: Set<Nic>;
  /** Queues by key: a request and an event can concern the same NIC at the same time. */
  readonly inTurn: InTurn;
  /** Asks Neutron for the state of ports that containers return. */
  readonly returned: ReturnedPorts;
  readonly log: Log;
}
