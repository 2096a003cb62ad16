import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repository } from '@ovn-docker/lab';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Chroot } from './chroot.ts';

const scratch = mkdtempSync(join(tmpdir(), 'ovn-docker-install-'));
const OLD = '8.0.0';
const NEW = '8.1.0';
const all = (version: string) => [
  `/root/ovn-docker-agent_${version}_amd64.deb`,
  `/root/embedded-neutron_${version}_amd64.deb`,
  `/root/ovn-docker-broker_${version}_amd64.deb`,
];

let chroot: Chroot;
let before: string[];
beforeAll(() => {
  chroot = Chroot.create(join(scratch, 'root'));
  before = chroot.files();
  for (const version of [OLD, NEW]) {
    const build = ['--conditions=source', 'scripts/package/main.ts', '--version', version];
    const built = execFileSync(process.execPath, build, { cwd: repository, encoding: 'utf8' });
    const debs = built.split('\n').filter((file) => file.endsWith('.deb'));
    chroot.add(debs);
    for (const deb of built.trim().split('\n')) rmSync(deb);
  }
});
afterAll(() => {
  chroot[Symbol.dispose]();
  rmSync(scratch, { recursive: true });
});

/** Installs all packages in one version. Debian's dpkg refuses nothing here, and asks nothing. */
function install(version: string): void {
  const { code, output } = chroot.run(`dpkg --install ${all(version).join(' ')} < /dev/null`);
  expect(output).not.toMatch(/error|warning: (?!downgrading)/i);
  expect(code).toBe(0);
  expect(chroot.run('ovn-docker --version')).toEqual({ code: 0, output: `${version}\n` });
}

const enabled = '/etc/systemd/system/multi-user.target.wants/ovn-docker.service';

it('the packages are installed without a network, a configuration and systemd', () => {
  install(OLD);
  expect(chroot.run(`readlink ${enabled}`).output).toBe('/lib/systemd/system/ovn-docker.service\n');
  expect(chroot.run('embedded-neutron hash-password < /etc/hostname').output).toMatch(/^scrypt\$/);
  expect(chroot.run('test -e /run/ovn-docker').code).toBe(1);
});

it('the broker has a user and a folder of its own, and its commands write files of that user', () => {
  chroot.run('echo "names: [localhost]" > /etc/ovn-docker-broker/config.yaml');
  expect(chroot.run('ovn-docker-broker ca-hash').output).toMatch(/^sha256:[0-9a-f]{64}\n$/);
  const owners = chroot.run('cd /var/lib/ovn-docker-broker && stat --format "%U %a %n" . ca.pem').output;
  expect(owners).toBe('ovn-docker-broker 700 .\novn-docker-broker 600 ca.pem\n');
  chroot.run('rm /etc/ovn-docker-broker/config.yaml');
});

it('doctor runs with the native library of the package, and names the first fault', () => {
  const { code, output } = chroot.run('ovn-docker doctor');
  expect(output).toContain('E_NO_CREDENTIAL');
  expect(output).not.toMatch(/E_INTERNAL|koffi/);
  expect(code).toBe(1);
});

it('an upgrade and a downgrade keep the configuration and the choice of a disabled unit', () => {
  chroot.run('echo "uplink: ens3" > /etc/ovn-docker/config.yaml');
  // As `systemctl disable` does.
  chroot.run(`rm ${enabled}`);
  for (const version of [NEW, OLD, NEW]) {
    install(version);
    expect(chroot.run('cat /etc/ovn-docker/config.yaml').output).toBe('uplink: ens3\n');
    expect(chroot.run(`test -L ${enabled}`).code).toBe(1);
  }
});

it('removed packages leave the configuration, and purged packages leave nothing', () => {
  chroot.run(
    'mkdir -p /var/lib/ovn-docker/init /run/ovn-docker && touch /var/lib/ovn-docker/init/applied.json',
  );
  const removed = chroot.run('dpkg --remove ovn-docker-agent embedded-neutron ovn-docker-broker');
  expect(removed).toMatchObject({ code: 0, output: expect.stringContaining('ovn-docker init --undo') });
  expect(chroot.run('cat /etc/ovn-docker/config.yaml').output).toBe('uplink: ens3\n');
  expect(chroot.run('ls /usr/bin/ovn-docker /usr/lib/ovn-docker').code).toBe(2);
  expect(chroot.run('dpkg --purge ovn-docker-agent embedded-neutron ovn-docker-broker').code).toBe(0);
  expect(chroot.files()).toEqual(before);
});
