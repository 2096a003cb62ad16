import { type CommandResult, type Lab, type MachineName, startAgent } from '@ovn-docker/lab';

export const IMAGE = 'busybox:local';

/** Options of `docker network create` that choose the libnetwork drivers. */
export const DRIVERS: readonly string[] = ['-d', 'ovn', '--ipam-driver', 'ovn'];

/** A process that runs until SIGTERM and then exits at once, so that `docker stop` does not wait. */
export const STAY = ['sh', '-c', 'trap "exit 0" TERM; sleep 86400 & wait'] as const;

/**
 * Image and command of a container that writes its routes before anything else, and serves them on port 80.
 */
export const SERVE_ROUTES = [
  IMAGE,
  'sh',
  '-c',
  'ip route > /tmp/index.html; trap "exit 0" TERM; httpd -h /tmp; sleep 86400 & wait',
] as const;

/** A tenant's VM, with the commands that a user runs in it. */
export class Vm {
  readonly name: MachineName;
  readonly lab: Lab;
  readonly #containers = new Set<string>();

  constructor(lab: Lab, name: MachineName) {
    this.name = name;
    this.lab = lab;
  }

  get machine() {
    return this.lab.machine(this.name);
  }

  /** Runs `ovn-docker …`; the command may fail. */
  ovnDocker(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CommandResult> {
    return this.machine.run(['ovn-docker', ...args], { env });
  }

  /** Runs `docker …`, which must succeed. Returns its output without the trailing newline. */
  async docker(...args: string[]): Promise<string> {
    return (await this.machine.must(['docker', ...args])).trim();
  }

  /**
   * Runs `docker …`, which must fail. Returns its error output.
   * @throws Error when the command succeeds
   */
  async dockerRefusal(...args: string[]): Promise<string> {
    const { code, stderr } = await this.machine.run(['docker', ...args]);
    if (code === 0) throw new Error(`docker ${args.join(' ')} did not fail`);
    return stderr;
  }

  /** Runs `ovn-docker --network=NETWORK run -d …` with a container that keeps running. Returns its id. */
  async run(network: string, ...options: string[]): Promise<string> {
    const command = ['ovn-docker', `--network=${network}`, 'run', '-d', ...options, IMAGE, ...STAY];
    return this.#remember(await this.machine.must(command));
  }

  /** Runs `docker run -d …` with a container that keeps running. Returns its id. */
  async dockerRun(...options: string[]): Promise<string> {
    return this.runDetached(...options, IMAGE, ...STAY);
  }

  /** Runs `docker run -d …` with an image and a command. Returns the container's id. */
  async runDetached(...args: string[]): Promise<string> {
    return this.#remember(await this.machine.must(['docker', 'run', '-d', ...args]));
  }

  #remember(output: string): string {
    const id = output.trim();
    this.#containers.add(id);
    return id;
  }

  /** The IPv4 address of a container's interface; undefined when it has none. */
  async address(container: string, device = 'eth0'): Promise<string | undefined> {
    const command = ['docker', 'exec', container, 'ip', '-o', '-4', 'addr', 'show', 'dev', device];
    return /inet ([\d.]+)\//.exec((await this.machine.run(command)).stdout)?.[1];
  }

  /** Whether `container` gets an answer from `address` within a second. */
  async pings(container: string, address: string): Promise<boolean> {
    const command = ['docker', 'exec', container, 'ping', '-c', '1', '-W', '1', address];
    return (await this.machine.run(command)).code === 0;
  }

  async restartAgent(signal: 'TERM' | 'KILL' = 'TERM'): Promise<void> {
    await this.machine.stop('agent', signal);
    await startAgent(this.machine);
  }

  async remove(...containers: string[]): Promise<void> {
    await this.docker('rm', '--force', ...containers);
    for (const id of containers) this.#containers.delete(id);
  }

  /** Removes the Docker networks that match any of these filters of `docker network ls`. */
  async removeNetworks(...filters: string[]): Promise<void> {
    const options = filters.flatMap((filter) => ['--filter', filter]);
    const ids = await this.docker('network', 'ls', '--quiet', ...options);
    if (ids) await this.docker('network', 'rm', ...ids.split('\n'));
  }

  /** Removes the containers that Docker created but could not start. */
  async removeUnstarted(): Promise<void> {
    const ids = await this.docker('ps', '-aq', '--filter', 'status=created');
    if (ids) await this.docker('rm', ...ids.split('\n'));
  }

  /** Removes the test's containers and these Docker networks, if they exist, also after a failed test. */
  async tidy(...networks: string[]): Promise<void> {
    await this.cleanUp();
    await this.removeUnstarted();
    for (const name of networks) await this.machine.run(['docker', 'network', 'rm', name]);
  }

  /** Removes the containers that a test left behind. */
  async cleanUp(): Promise<void> {
    if (this.#containers.size > 0) await this.remove(...this.#containers);
  }
}
