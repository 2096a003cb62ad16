import { waitFor } from '@ovn-docker/lab';
import { expect } from 'vitest';
import type { AgentProcess } from '../agent-process.ts';
import { IMAGE, STAY, type Vm } from '../vm.ts';
import type { Bystanders } from './bystanders.ts';

/**
 * A container or a set of NICs that the agent makes and removes while a test kills the agent or breaks the
 * API.
 */
export interface Victim {
  /** Makes the victim; must succeed. */
  make(): Promise<void>;
  /** Tries to make the victim. Returns whether the command reported success. */
  tryToMake(): Promise<boolean>;
  /**
   * Removes the victim or the parts of it that exist. Leaves failures to the reconciler. Returns whether it
   * succeeded.
   */
  remove(): Promise<boolean>;
  /** Waits until the agent has no other NICs than `except`. */
  isReleased(agent: AgentProcess, except: readonly string[]): Promise<boolean>;
  /** Waits until the victim works: the container reaches its peer, or the NICs are warm. */
  works(bystanders: Bystanders): Promise<void>;
}

const NAME = 'victim';

/** Upper bound of a user's command, whatever happens to the agent or the API, in milliseconds. */
const BOUND_MS = 60_000;
/** Exit code of a command that exceeds the bound and is killed. */
const KILLED = 137;

async function isReleased(agent: AgentProcess, except: readonly string[]): Promise<boolean> {
  // The test may kill the agent meanwhile.
  return waitFor('the NICs to be released', () => agent.hasOnly(except).catch(() => false));
}

/** A container that `command` starts, such as `docker run --network NAME`. */
export function containerOf(vm: Vm, command: readonly string[]): Victim {
  const bounded = async (command: readonly string[]) => {
    const result = await vm.machine.run(command, { timeoutMs: BOUND_MS });
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
      // The user sees the agent's error code, or the next agent's answer to dockerd's retry, which has an
      // empty body
      // (scenario 17).
      if (code !== 0) expect(stderr).toMatch(/\[E_[A-Z_]+\]|the body is not as libnetwork sends it/);
      return code === 0;
    },
    async remove() {
      await bounded(['docker', 'rm', '--force', NAME]);
      const remaining = await vm.docker('ps', '--all', '--quiet', '--filter', `name=^${NAME}$`);
      expect(remaining).toBe('');
      return true;
    },
    async works({ peerAddress }) {
      await waitFor(`${NAME} to reach ${peerAddress}`, () => vm.pings(NAME, peerAddress), 20_000);
    },
  };
}

/** Warm NICs that the agent makes in one batch. */
export function warmNics(agent: AgentProcess, network: string, count: number): Victim {
  const fill = () => agent.ask('POST', `/v1/pools/${network}/fill`, { count });
  return {
    isReleased,
    async make() {
      await fill();
    },
    async tryToMake() {
      // An agent that is killed meanwhile does not answer.
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
