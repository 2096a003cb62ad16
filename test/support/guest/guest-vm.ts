import { type Guest, type Lab, waitFor } from '@ovn-docker/lab';
import { STAY } from '../vm.ts';

const IMAGE = 'busybox:local';

/** A guest of the lab, with the commands that its tenant runs. */
export class GuestVm {
  readonly lab: Lab;
  readonly guest: Guest;

  constructor(lab: Lab, guest: Guest) {
    this.lab = lab;
    this.guest = guest;
  }

  /** Runs `docker …`, which must succeed. Returns its output without the trailing newline. */
  async docker(...args: string[]): Promise<string> {
    return (await this.guest.must(['docker', ...args])).trim();
  }

  /** Makes the image of the lab's containers; a guest reaches no registry. */
  async importImage(): Promise<void> {
    await this.docker('import', '--change', 'CMD ["/bin/sh"]', '/root/busybox.tar', IMAGE);
    // The name in README.
    await this.docker('tag', IMAGE, 'busybox');
  }

  /** Runs `ovn-docker --network=NETWORK run -d …` with a container that keeps running. Returns its id. */
  async run(network: string, ...options: string[]): Promise<string> {
    const command = ['ovn-docker', `--network=${network}`, 'run', '-d', ...options, IMAGE, ...STAY];
    return (await this.guest.must(command)).trim();
  }

  /** Waits until a container runs and has an IPv4 address on eth0, and returns the address. */
  addressOf(container: string, timeoutMs = 120_000): Promise<string> {
    const command = ['docker', 'exec', container, 'ip', '-o', '-4', 'addr', 'show', 'dev', 'eth0'];
    const address = async () => /inet ([\d.]+)\//.exec((await this.guest.run(command)).stdout)?.[1];
    return waitFor(`an address of ${container}`, address, timeoutMs);
  }

  /** Restarts the guest from inside, and waits until it has booted again. */
  async reboot(): Promise<void> {
    const before = await this.#bootId();
    await this.guest.run(['systemctl', 'reboot']);
    const isNew = async () => {
      const { code, stdout } = await this.guest.run(['cat', BOOT_ID]);
      return code === 0 && stdout !== before;
    };
    await waitFor('the guest to boot again', isNew, 300_000);
    await this.guest.waitForBoot();
  }

  /** Cuts the guest's power, turns it on again, and waits until it has booted. */
  async cutPower(): Promise<void> {
    await this.guest.cutPower();
    await this.guest.turnOn();
    await this.guest.waitForBoot();
  }

  #bootId(): Promise<string> {
    return this.guest.must(['cat', BOOT_ID]);
  }
}

const BOOT_ID = '/proc/sys/kernel/random/boot_id';
