import type { FakeNetlink } from './fake-netlink.ts';
import type { FakeSwitch } from './fake-switch.ts';

const CHANGES: ReadonlySet<string | symbol> = new Set([
  'plug',
  'unplug',
  'annotate',
  'restore',
  'writeRecords',
  'createVeth',
  'setLink',
  'deleteLink',
]);

/** The switch and the interfaces of a VM for an agent that dies at one of its changes. */
interface Mortal {
  readonly vmSwitch: FakeSwitch;
  readonly links: FakeNetlink;
  /** Whether the agent has died. */
  isDead(): boolean;
}

/** @param changes how many changes the agent makes before it dies: all later ones do not happen */
export function mortal(vmSwitch: FakeSwitch, links: FakeNetlink, changes: number): Mortal {
  let left = changes;
  let isDead = false;
  const wrap = <T extends object>(target: T, die: () => unknown): T =>
    new Proxy(target, {
      get(_target, key) {
        const value = Reflect.get(target, key);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          if (CHANGES.has(key) && left-- <= 0) isDead = true;
          return CHANGES.has(key) && isDead ? die() : value.apply(target, args);
        };
      },
    });
  return {
    // What the dead agent waits for never comes.
    vmSwitch: wrap(vmSwitch, () => new Promise(() => undefined)),
    links: wrap(links, () => {
      throw new Error('the agent is dead');
    }),
    isDead: () => isDead,
  };
}
