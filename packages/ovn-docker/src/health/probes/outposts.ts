import { PrivateNetns, Rtnetlink } from '@ovn-docker/netlink';
import { attach } from '../../attach/attach.ts';
import { acquire } from '../../lifecycle/acquire.ts';
import { finish } from '../../lifecycle/finish.ts';
import type { Engine } from '../../nics/engine.ts';
import { interfaceNames } from '../../nics/names.ts';
import type { PluggedNic, Target } from '../../nics/nic.ts';
import { poolKey } from '../../nics/pool.ts';
import { steadyNow } from '../../observe/steady-clock.ts';

/** How long the agent does without an outpost after it had none or gave it back, in milliseconds. */
const PAUSE_MS = 60_000;

const INTERFACE = 'eth0';

/**
 * The agent's own NICs for probes, one for each target with probed containers: a warm NIC that the agent
 * claims, as a container does, in a namespace of its own. So probes come from another port of the network,
 * through the hypervisor and the security groups of both ports. A NIC returns to its pool when the last
 * probed container leaves, and when the pool is drained or a container asks for its address.
 */
export class Outposts implements Disposable {
  readonly #engine: Engine;
  readonly #home: string;
  readonly #byPool = new Map<string, Promise<Outpost | undefined>>();
  /** Until when the agent does not ask for an outpost, by the pool's key. */
  readonly #pausedUntil = new Map<string, number>();

  /** @param home path of the VM's namespace, to which the interfaces return; by default the agent's own */
  constructor(engine: Engine, home = '/proc/thread-self/ns/net') {
    this.#engine = engine;
    this.#home = home;
  }

  /** Path of the namespace with the target's outpost; undefined when there is none. */
  async netnsFor(target: Target): Promise<string | undefined> {
    const key = poolKey(target);
    const known = this.#byPool.get(key);
    if (known) return (await known)?.netns;
    // A user has drained the pool and wants it empty.
    if (this.#engine.pools.get(target)?.isHeldEmpty) return undefined;
    if ((this.#pausedUntil.get(key) ?? 0) > steadyNow()) return undefined;
    // Another request may end the claim before the NIC is in its namespace: then it waits for that.
    const leave = async () => (await opening)?.leave();
    const opening: Promise<Outpost | undefined> = this.#settle(target, leave);
    this.#byPool.set(key, opening);
    return (await opening)?.netns;
  }

  /** Gives back the outposts of all other targets. */
  async keepOnly(targets: readonly Target[]): Promise<void> {
    const kept = new Set(targets.map(poolKey));
    const leaving = [...this.#byPool].filter(([key]) => !kept.has(key));
    for (const key of this.#pausedUntil.keys()) if (!kept.has(key)) this.#pausedUntil.delete(key);
    await Promise.all(leaving.map(async ([, outpost]) => (await outpost)?.leave()));
  }

  /** Closes the namespaces. The next agent finds the claims, sees no container, and finishes the NICs. */
  [Symbol.dispose](): void {
    for (const outpost of this.#byPool.values()) void outpost.then((each) => each?.[Symbol.dispose]());
    this.#byPool.clear();
  }

  async #settle(target: Target, leave: () => Promise<void>): Promise<Outpost | undefined> {
    try {
      return await this.#open(target, leave);
    } catch (error) {
      this.#engine.log.info(
        { network: target.network.name, err: error },
        'no NIC for probes: the agent probes from inside the containers',
      );
      this.#forget(target);
      return undefined;
    }
  }

  async #open(target: Target, leave: () => Promise<void>): Promise<Outpost> {
    const engine = this.#engine;
    const wants = { name: 'ovn-docker-probes' };
    // With a label that no container has, the next agent knows that no container uses the NIC.
    const claim = { label: crypto.randomUUID(), leave };
    const nic = await acquire(engine, { pool: engine.pools.of(target), wants, claim });
    const outpost = new Outpost(engine, nic, { home: this.#home, onLeave: () => this.#forget(target) });
    try {
      await outpost.enter();
      return outpost;
    } catch (error) {
      await outpost.leave();
      throw error;
    }
  }

  #forget(target: Target): void {
    const key = poolKey(target);
    this.#byPool.delete(key);
    this.#pausedUntil.set(key, steadyNow() + PAUSE_MS);
  }
}

interface OutpostOptions {
  readonly home: string;
  readonly onLeave: () => void;
}

/** A NIC in the agent's own namespace. */
class Outpost implements Disposable {
  readonly #engine: Engine;
  readonly #nic: PluggedNic;
  readonly #options: OutpostOptions;
  #netns: PrivateNetns | undefined;
  #left: Promise<void> | undefined;

  constructor(engine: Engine, nic: PluggedNic, options: OutpostOptions) {
    this.#engine = engine;
    this.#nic = nic;
    this.#options = options;
  }

  /** Path of the namespace; undefined before the NIC is in it. */
  get netns(): string | undefined {
    return this.#netns?.path;
  }

  async enter(): Promise<void> {
    const vm = await this.#engine.vm();
    const nic = this.#nic;
    await this.#engine.inTurn.run(nic.id, async () => {
      this.#netns = PrivateNetns.create();
      nic.place = { netns: this.#netns.path, interfaceName: INTERFACE };
      await attach([nic], vm, 'enter container', 'make veth');
    });
  }

  /** Gives the NIC back; a second call waits for the first. */
  leave(): Promise<void> {
    this.#left ??= this.#leave();
    return this.#left;
  }

  [Symbol.dispose](): void {
    this.#netns?.close();
  }

  async #leave(): Promise<void> {
    this.#options.onLeave();
    const { inTurn, log } = this.#engine;
    await inTurn.run(this.#nic.id, async () => {
      try {
        this.#moveBack();
      } catch (error) {
        // `finish` makes a new pair.
        log.debug({ nic: this.#nic.id, err: error }, 'the interface of an outpost is gone');
      }
      this[Symbol.dispose]();
      await finish(this.#engine, this.#nic);
    });
  }

  /** Moves the interface back into the VM, as dockerd does at an ordinary stop. */
  #moveBack(): void {
    if (this.netns === undefined) return;
    using inside = Rtnetlink.open(this.netns);
    const rename = interfaceNames(this.#nic.vlan).containerEnd;
    inside.setLink(INTERFACE, { up: false, rename, netns: this.#options.home });
  }
}
