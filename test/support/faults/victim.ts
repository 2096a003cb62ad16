import { waitFor } from '@ovn-docker/lab';
import { expect } from 'vitest';
import type { AgentProcess } from '../agent-process.ts';
import { IMAGE, STAY, type Vm } from '../vm.ts';
import type { Bystanders } from './bystanders.ts';

/** Something that the agent makes and takes away while it is killed or the API fails it. */
export interface Victim {
  /** Makes it; must succeed. */
  make(): Promise<void>;
  /** Asks for it. Returns whether it was said to be there. */
  tryToMake(): Promise<boolean>;
  /** Takes it away, however much of it is there; what does not work is the reconciler's to find. */
  remove(): Promise<boolean>;
  /** Waits until the agent has no NICs but those. */
  isReleased(agent: AgentProcess, except: readonly string[]): Promise<boolean>;
  /** Waits until it does what it is for. */
  works(bystanders: Bystanders): Promise<void>;
}

const NAME = 'victim';

/** No command of a user's takes longer, whatever happens to the agent or the API, in milliseconds. */
const BOUND_MS = 60_000;
/** How a command ends that takes longer. */
const KILLED = 137;

async function isReleased(agent: AgentProcess, except: readonly string[]): Promise<boolean> {
  // The agent may be killed meanwhile.
  return waitFor('the NICs to be released', () => agent.hasOnly(except).catch(() => false));
}

/** A container that `command` starts. */
export function containerOf(vm: Vm, command: readonly string[]): Victim {
  const bounded = async (words: readonly string[]) => {
    const result = await vm.machine.run(words, { timeoutMs: BOUND_MS });
    expect(result.code).not.toBe(KILLED);
    return result;
  };
  const run = () => bounded([...command, '--detach', '--name', NAME, IMAGE, ...STAY]);
  return {
    isReleased,
    async make() {
      expect(await run()).toMatchObject({ code: 0 });
    },
    async tryToMake() {
      const { code, stderr } = await run();
      // A user sees what happened: a code of ours, or what came of dockerd's trying again at the next agent: it sends an
      // empty body then (scenario 17).
      if (code !== 0) expect(stderr).toMatch(/\[E_[A-Z_]+\]|the body is not as expected/);
      return code === 0;
    },
    async remove() {
      await bounded(['docker', 'rm', '--force', NAME]);
      const left = await vm.docker('ps', '--all', '--quiet', '--filter', `name=^${NAME}$`);
      expect(left).toBe('');
      return true;
    },
    async works({ peerAddress }) {
      await waitFor(`${NAME} to reach ${peerAddress}`, () => vm.pings(NAME, peerAddress), 20_000);
    },
  };
}

/** NICs without a container, made in one batch. */
export function warmNics(agent: AgentProcess, network: string, count: number): Victim {
  const fill = () => agent.ask('POST', `/v1/pools/${network}/fill`, { count });
  return {
    isReleased,
    async make() {
      await fill();
    },
    async tryToMake() {
      // Killed in the middle, the agent does not answer.
      return fill().then(
        () => true,
        () => false,
      );
    },
    async remove() {
      return agent.ask('POST', `/v1/pools/${network}/drain`).then(
        () => true,
        () => false,
      );
    },
    async works() {
      const pools = (await agent.ask('GET', '/v1/pools')) as { network: string; warm: number }[];
      expect(pools).toContainEqual(expect.objectContaining({ network, warm: count }));
    },
  };
}
