import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { quietLink } from '@ovn-docker/netlink';
import { LabError } from '../errors.ts';
import type { Lab } from '../lab.ts';
import { repository } from '../layout.ts';
import { type CommandResult, type Machine, outputOf, type RunOptions } from '../machine/machine.ts';
import { waitFor } from '../machine/process.ts';
import { typeAtConsole } from './console.ts';
import { type Image, imageOf, isBuilt } from './image/image.ts';
import { type GuestKind, type GuestKindName, guestKinds } from './image/kinds.ts';
import type { GuestPort, GuestRequest } from './provision-guest.ts';
import { qemuCommand, TAP } from './qemu.ts';

/** Name of QEMU's log and process id file in its hypervisor. */
const DAEMON = 'guest';

/** Time limit of a guest's boot, in milliseconds. QEMU emulates its processors. */
const BOOT_MS = 480_000;

/** A tenant's VM with its own kernel, on a hypervisor of the lab. A lab has at most one. */
export class Guest {
  readonly kind: GuestKind;
  readonly port: GuestPort;
  readonly name = 'guest';
  readonly #lab: Lab;
  readonly #directory: string;

  private constructor(lab: Lab, kind: GuestKind, port: GuestPort) {
    this.#lab = lab;
    this.kind = kind;
    this.port = port;
    this.#directory = directoryOf(lab);
  }

  /**
   * Returns the lab's guest, whether it runs or not. Its port in Neutron is created if there is none.
   * @throws LabError `LAB_NOT_UP`, `LAB_STEP`
   */
  static async prepare(lab: Lab, kindName: GuestKindName): Promise<Guest> {
    const kind = guestKinds[kindName];
    if (!isBuilt(imageOf(kind)))
      throw new LabError('LAB_NOT_BUILT', `the image of guest ${kind.name} is not built`);
    const file = join(directoryOf(lab), 'port.json');
    mkdirSync(directoryOf(lab), { recursive: true });
    if (!existsSync(file)) writeFileSync(file, await provision(lab), { mode: 0o600 });
    writeFileSync(join(directoryOf(lab), 'kind'), kind.name);
    return new Guest(lab, kind, JSON.parse(readFileSync(file, 'utf8')) as GuestPort);
  }

  /** Returns the lab's guest that was prepared last. @throws LabError `LAB_NOT_UP` */
  static open(lab: Lab): Guest {
    const directory = directoryOf(lab);
    if (!existsSync(join(directory, 'kind'))) throw new LabError('LAB_NOT_UP', 'the lab has no guest');
    const kind = readFileSync(join(directory, 'kind'), 'utf8') as GuestKindName;
    const port = JSON.parse(readFileSync(join(directory, 'port.json'), 'utf8')) as GuestPort;
    return new Guest(lab, guestKinds[kind], port);
  }

  /** The guest's hypervisor. When it ends, the guest ends. */
  get hypervisor(): Machine {
    return this.#lab.machine(HYPERVISOR);
  }

  /** Path of the disk: a layer above the image, which is as the image was when the file is new. */
  get #disk(): string {
    return join(this.#directory, 'disk.qcow2');
  }

  get #image(): Image {
    return imageOf(this.kind);
  }

  /** What the guest's kernel and first process have printed on the serial console. */
  get consoleLog(): string {
    return readFileSync(join(this.#directory, 'console.log'), 'utf8');
  }

  /** Turns the guest on with a fresh disk, or with the one it had. It returns before the guest has booted. */
  async turnOn({ fresh = false } = {}): Promise<void> {
    if (fresh) rmSync(this.#disk, { force: true });
    if (!existsSync(this.#disk)) {
      const backing = ['-b', this.#image.disk, '-F', 'raw'];
      await this.hypervisor.must(['qemu-img', 'create', '-q', '-f', 'qcow2', ...backing, this.#disk]);
    }
    const { kind, port } = this;
    const command = qemuCommand({
      kind,
      image: this.#image,
      disk: this.#disk,
      mac: port.mac,
      directory: this.#directory,
    });
    await this.hypervisor.start(DAEMON, command);
    await waitFor('the guest’s tap', () => {
      using netlink = this.hypervisor.netlink();
      return netlink.link(TAP);
    }).catch((error: Error) => {
      throw new LabError('LAB_STEP', `${error.message}: ${this.hypervisor.log(DAEMON).trim()}`);
    });
    await this.#plug();
  }

  /** Plugs the guest's VIF into the integration bridge as Nova does. */
  async #plug(): Promise<void> {
    using netlink = this.hypervisor.netlink();
    netlink.setLink(TAP, { up: true });
    quietLink(this.hypervisor.places.netns, TAP);
    const ids = {
      'iface-id': this.port.portId,
      'attached-mac': `"${this.port.mac}"`,
      'iface-status': 'active',
      'vm-id': 'guest',
    };
    const columns = Object.entries(ids).map(([key, value]) => `external_ids:${key}=${value}`);
    await this.hypervisor.must([
      'ovs-vsctl',
      'add-port',
      'br-int',
      TAP,
      '--',
      'set',
      'Interface',
      TAP,
      ...columns,
    ]);
  }

  /** Cuts the guest's power: QEMU ends at once, and nothing is written any more. */
  async cutPower(): Promise<void> {
    await this.hypervisor.stop(DAEMON, 'KILL');
    await this.hypervisor.must(['ovs-vsctl', '--if-exists', 'del-port', 'br-int', TAP]);
  }

  /** Whether QEMU runs. */
  async isOn(): Promise<boolean> {
    const script = `kill -0 "$(cat /run/${DAEMON}.pid)"`;
    return (await this.hypervisor.run(['sh', '-c', script])).code === 0;
  }

  /** Waits until the guest answers by ssh. @throws LabError `LAB_TIMEOUT`, with the end of its console */
  async waitForSsh(timeoutMs = BOOT_MS): Promise<void> {
    const answers = async () => (await this.run(['true'])).code === 0;
    await waitFor('the guest to answer by ssh', answers, timeoutMs).catch((error: Error) => {
      const end = this.consoleLog.trim().split('\n').slice(-10).join('\n');
      throw new LabError('LAB_TIMEOUT', `${error.message}; its console ends with:\n${end}`);
    });
  }

  /**
   * Waits until systemd has started every unit of the boot, or has given up one.
   * @throws LabError `LAB_TIMEOUT`
   */
  async waitForBoot(): Promise<void> {
    await this.waitForSsh();
    await this.run(['systemctl', 'is-system-running', '--wait'], { timeoutMs: BOOT_MS });
  }

  /** The command line of ssh(1) from the physical machine to the guest. */
  sshCommand(options: readonly string[] = [], user = 'root'): string[] {
    return ['ssh', ...this.#sshOptions, ...options, `${user}@${this.port.address}`];
  }

  get #sshOptions(): string[] {
    const settings = [
      'StrictHostKeyChecking=no',
      'UserKnownHostsFile=/dev/null',
      'LogLevel=ERROR',
      'BatchMode=yes',
      'ConnectTimeout=5',
      'ServerAliveInterval=15',
    ];
    return ['-i', this.#image.sshKey, ...settings.flatMap((setting) => ['-o', setting])];
  }

  /** Runs a command in the guest by ssh, from the physical machine; it may fail (code 255: no ssh). */
  run(command: readonly string[], options: RunOptions = {}): Promise<CommandResult> {
    return this.#lab.machine('phys').run([...this.sshCommand(), command.map(quote).join(' ')], options);
  }

  /** Runs a command and returns its standard output. @throws LabError `LAB_STEP` if it fails */
  async must(command: readonly string[], options: RunOptions = {}): Promise<string> {
    return outputOf(this.name, command, await this.run(command, options));
  }

  /** Runs a shell script and returns its standard output. @throws LabError `LAB_STEP` if it fails */
  shell(script: string, options: RunOptions = {}): Promise<string> {
    return this.must(['sh', '-e', '-c', script], options);
  }

  /** Copies files of this computer into a directory of the guest. */
  async copy(files: readonly string[], directory: string): Promise<void> {
    // A command in a machine does not start in this process's folder.
    const paths = files.map((file) => resolve(file));
    const target = `root@${this.port.address}:${directory}/`;
    await this.#lab
      .machine('phys')
      .must(['scp', '-q', ...this.#sshOptions, ...paths, target], { timeoutMs: 180_000 });
  }

  /** Runs a shell command as root at the serial console, which needs no network. */
  console(command: string, timeoutMs?: number): Promise<CommandResult> {
    return typeAtConsole(join(this.#lab.layout.run, HYPERVISOR, 'guest-console.sock'), command, timeoutMs);
  }
}

/** Quotes a word for the shell of the guest, which ssh gives one string. */
const quote = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;

const HYPERVISOR = 'hv1';

const directoryOf = (lab: Lab) => join(lab.layout.data, 'guest');

async function provision(lab: Lab): Promise<string> {
  const { apiKind, tenants } = lab.state;
  const passwords = { admin: tenants.admin.password, alice: tenants.alice.password };
  const request: GuestRequest = { apiKind, passwords, hypervisor: HYPERVISOR };
  const program = join(repository, 'lab', 'dist', 'lab.js');
  return lab
    .machine('api')
    .must([process.execPath, program, 'guest', 'provision'], { input: JSON.stringify(request) });
}
