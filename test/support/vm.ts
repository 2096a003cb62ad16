import { type CommandResult, type Lab, type MachineName, startAgent } from '@ovn-docker/lab';

export const IMAGE = 'busybox:local';

/** A process that stays until it is told to go, so that a container ends at once. */
export const STAY = ['sh', '-c', 'trap "exit 0" TERM; sleep 86400 & wait'] as const;

/** A tenant's VM and what a user does in it. */
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

  /** `ovn-docker …`, however it ends. */
  ovnDocker(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CommandResult> {
    return this.machine.run(['ovn-docker', ...args], { env });
  }

  /** `docker …`, which must succeed. Returns what it prints, without the line's end. */
  async docker(...args: string[]): Promise<string> {
    return (await this.machine.must(['docker', ...args])).trim();
  }

  /** `ovn-docker --network=NETWORK run -d …` of a container that stays. Returns its id. */
  async run(network: string, ...options: string[]): Promise<string> {
    const command = ['ovn-docker', `--network=${network}`, 'run', '-d', ...options, IMAGE, ...STAY];
    return this.#own(await this.machine.must(command));
  }

  /** `docker run -d …` of a container that stays. Returns its id. */
  async dockerRun(...options: string[]): Promise<string> {
    return this.#own(await this.machine.must(['docker', 'run', '-d', ...options, IMAGE, ...STAY]));
  }

  #own(output: string): string {
    const id = output.trim();
    this.#containers.add(id);
    return id;
  }

  /** The IPv4 address of an interface of a container; undefined when it has none. */
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

  /** Removes the containers that a failed test could not. */
  async cleanUp(): Promise<void> {
    if (this.#containers.size > 0) await this.remove(...this.#containers);
  }
}
