import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DEBIAN_KEYRING, findMirror, repository } from '@ovn-docker/lab';

/** Debian 12 with Open vSwitch and what the packages recommend left out; debootstrap fetches it once. */
const base = join(repository, '.lab/cache/packages-debian-12');

/** A Debian 12 without systemd, in which commands have no network but their own loopback. */
export class Chroot implements Disposable {
  readonly root: string;

  private constructor(root: string) {
    this.root = root;
  }

  /** @param root a folder that does not exist yet */
  static create(root: string): Chroot {
    if (!existsSync(base)) {
      const unfinished = `${base}.${process.pid}`;
      mkdirSync(unfinished, { recursive: true });
      const options = ['--variant=minbase', '--include=openvswitch-switch', `--keyring=${DEBIAN_KEYRING}`];
      execFileSync('debootstrap', [...options, 'bookworm', unfinished, findMirror()], { stdio: 'ignore' });
      renameSync(unfinished, base);
    }
    execFileSync('cp', ['--archive', base, root]);
    return new Chroot(root);
  }

  /** Copies files into root's home. */
  add(files: readonly string[]): void {
    for (const file of files) cpSync(file, join(this.root, 'root', file.slice(file.lastIndexOf('/') + 1)));
  }

  /** @returns the code, and both outputs of the command in one text */
  run(command: string): { code: number | null; output: string } {
    const namespaces = ['--net', '--mount', '--pid', '--fork', `--mount-proc=${join(this.root, 'proc')}`];
    const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', LC_ALL: 'C.UTF-8' };
    const args = [...namespaces, 'chroot', this.root, 'sh', '-c', `exec 2>&1; ${command}`];
    const { status, stdout } = spawnSync('unshare', args, { encoding: 'utf8', env });
    return { code: status, output: stdout };
  }

  /** Every file, except what dpkg itself remembers and logs. */
  files(): string[] {
    const skipped = ['proc', 'root', 'var/lib/dpkg', 'var/log', 'var/cache'].map((path) => `-path ./${path}`);
    const { output } = this.run(`cd / && find . \\( ${skipped.join(' -o ')} \\) -prune -o -print | sort`);
    return output.split('\n');
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
