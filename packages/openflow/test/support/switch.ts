import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real ovsdb-server and ovs-vswitchd with one bridge, `br0`, that forwards nothing outside the process. */
export class Switch implements AsyncDisposable {
  readonly #directory = mkdtempSync(join(tmpdir(), 'openflow-'));
  readonly #children = new Map<string, ChildProcess>();

  /** Path of the bridge's management socket. */
  readonly socket = join(this.#directory, 'br0.mgmt');

  static async start(): Promise<Switch> {
    const started = new Switch();
    const database = join(started.#directory, 'conf.db');
    execFileSync('ovsdb-tool', ['create', database, '/usr/share/openvswitch/vswitch.ovsschema']);
    await started.#spawn('ovsdb-server', 'db.sock', [database, `--remote=punix:${started.#database}`]);
    const addBridge = ['add-br', 'br0', '--', 'set', 'bridge', 'br0', 'datapath_type=dummy'];
    started.vsctl('--no-wait', 'init', '--', ...addBridge);
    await started.startForwarding();
    return started;
  }

  get #database(): string {
    return join(this.#directory, 'db.sock');
  }

  /** Starts ovs-vswitchd. Resolves when the bridge accepts connections. */
  async startForwarding(): Promise<void> {
    const dummy = ['--enable-dummy=override', '--disable-system'];
    await this.#spawn('ovs-vswitchd', 'br0.mgmt', [`unix:${this.#database}`, ...dummy]);
    // ovs-vsctl(8) waits until ovs-vswitchd has carried out the change.
    this.vsctl('set', 'bridge', 'br0', 'other_config:started=true');
    this.vsctl('clear', 'bridge', 'br0', 'other_config');
  }

  /** Sends a signal to ovs-vswitchd. Resolves when it has ended, unless it is a signal that it survives. */
  async signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    const child = this.#children.get('ovs-vswitchd');
    child?.kill(signal);
    if (signal === 'SIGKILL' && child !== undefined) await once(child, 'exit');
  }

  /** Runs `ovs-ofctl COMMAND BRIDGE …`, as another program on the bridge does. Returns what it prints. */
  ofctl = (command: string, ...args: string[]): string =>
    this.#run('ovs-ofctl', '-O', 'OpenFlow14', '--no-stats', command, this.socket, ...args);

  /** Runs ovs-vsctl. It tries again while ovsdb-server has made its socket and does not accept yet. */
  vsctl = (...args: string[]): string =>
    this.#run('ovs-vsctl', `--db=unix:${this.#database}`, '--retry', '--timeout=30', ...args);

  /** What happens to a frame, in the words of `ovs-appctl ofproto/trace`. */
  trace = (flow: string, ...packet: string[]): string => {
    const control = join(this.#directory, `ovs-vswitchd.${this.#children.get('ovs-vswitchd')?.pid}.ctl`);
    return this.#run('ovs-appctl', '-t', control, 'ofproto/trace', 'br0', flow, ...packet);
  };

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children.values()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    rmSync(this.#directory, { recursive: true });
  }

  #run(program: string, ...args: string[]): string {
    return execFileSync(program, args, { encoding: 'utf8', env: this.#environment });
  }

  get #environment(): NodeJS.ProcessEnv {
    return { ...process.env, OVS_RUNDIR: this.#directory, OVS_LOGDIR: this.#directory };
  }

  /** Starts a daemon. Resolves when its socket exists. */
  async #spawn(program: string, socket: string, args: readonly string[]): Promise<void> {
    // A killed daemon leaves its socket, which would look like a running one.
    rmSync(join(this.#directory, socket), { force: true });
    const child = spawn(program, args, { stdio: 'ignore', cwd: this.#directory, env: this.#environment });
    this.#children.set(program, child);
    await this.#appears(socket, child);
  }

  async #appears(name: string, child: ChildProcess): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const look = () => existsSync(join(this.#directory, name)) && resolve();
    const watcher = watch(this.#directory, look);
    child.once('exit', (code) => reject(new Error(`it ended with ${code} before it made ${name}`)));
    look();
    try {
      await promise;
    } finally {
      watcher.close();
    }
  }
}
