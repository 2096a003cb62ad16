import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildAgentPackage } from './agent-package.ts';
import { buildNpmPackage } from './npm-package.ts';
import { buildServicePackage } from './service-package.ts';

const folder = mkdtempSync(join(tmpdir(), 'ovn-docker-packages-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A target with a small stand-in for Node, whose 120 MB take seconds to compress. */
function target(name: string) {
  const node = join(folder, 'node');
  mkdirSync(join(node, 'bin'), { recursive: true });
  for (const file of ['bin/node', 'LICENSE']) writeFileSync(join(node, file), '#!/bin/sh\n');
  const scratch = join(folder, name, 'scratch');
  mkdirSync(scratch, { recursive: true });
  return { version: '9.8.7', time: 1_700_000_000, node, scratch, folder: join(folder, name) };
}

const run = (command: string, ...args: string[]) => execFileSync(command, args, { encoding: 'utf8' });
/** The files of a Debian package, without the chunks, whose names depend on their contents. */
const filesOf = (deb: string) =>
  run('dpkg-deb', '-c', deb)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('d') && !line.includes('/chunks/'));
const nameOf = (line: string) => line.split(/\s+/)[5]?.slice(2) ?? '';
const control = (deb: string) => run('dpkg-deb', '-f', deb);

describe('ovn-docker-agent', () => {
  let deb: string;
  let again: string;
  beforeAll(async () => {
    [deb, again] = await Promise.all([
      buildAgentPackage(target('first')),
      buildAgentPackage(target('second')),
    ]);
  }, 60_000);

  it('has these files', () => {
    expect(filesOf(deb).map(nameOf).toSorted()).toEqual([
      'etc/ovn-docker/config.example.yaml',
      'lib/systemd/system/ovn-docker.service',
      'lib/systemd/system/ovs-vswitchd.service.d/ovn-docker.conf',
      'usr/bin/ovn-docker',
      'usr/lib/ovn-docker/await-cpu-count',
      'usr/lib/ovn-docker/bin/node',
      'usr/lib/ovn-docker/build/koffi/linux_x64/koffi.node',
      'usr/lib/ovn-docker/dist/ovn-docker.js',
      'usr/lib/systemd/network/05-ovn-docker.network',
      'usr/share/bash-completion/completions/ovn-docker',
      'usr/share/doc/ovn-docker-agent/changelog.gz',
      'usr/share/doc/ovn-docker-agent/copyright',
      'usr/share/doc/ovn-docker-agent/copyright-of-node.gz',
      'usr/share/fish/vendor_completions.d/ovn-docker.fish',
      'usr/share/lintian/overrides/ovn-docker-agent',
      'usr/share/man/man1/ovn-docker.1.gz',
      'usr/share/man/man5/ovn-docker-config.5.gz',
      'usr/share/man/man8/ovn-docker-agent.8.gz',
      'usr/share/ovn-docker/grafana/ovn-docker.json',
      'usr/share/ovn-docker/prometheus/ovn-docker.rules.test.yml',
      'usr/share/ovn-docker/prometheus/ovn-docker.rules.yml',
      'usr/share/ovn-docker/prometheus/prometheus.example.yml',
      'usr/share/zsh/vendor-completions/_ovn-docker',
    ]);
  });

  it('is the same bytes when it is built again', () => {
    expect(readFileSync(again).equals(readFileSync(deb))).toBe(true);
  });

  it('belongs to root, and its only conffile is the sample configuration', () => {
    for (const line of filesOf(deb)) expect(line).toMatch(/^[-l]\S+ root\/root /);
    expect(run('dpkg-deb', '-I', deb, 'conffiles')).toBe('/etc/ovn-docker/config.example.yaml\n');
  });

  it('needs Open vSwitch and recommends Docker', () => {
    expect(control(deb)).toMatch(/^Version: 9\.8\.7$/m);
    expect(control(deb)).toMatch(/^Depends: openvswitch-switch /m);
    expect(control(deb)).toMatch(/^Recommends: docker\.io \| docker-ce \| podman$/m);
    expect(Number(/^Installed-Size: (\d+)$/m.exec(control(deb))?.[1])).toBeGreaterThan(2_000);
  });

  it('has a unit that starts its own command, and only with a configuration', () => {
    const unit = run(
      'sh',
      '-c',
      `dpkg-deb --fsys-tarfile ${deb} | tar xO ./lib/systemd/system/ovn-docker.service`,
    );
    expect(unit).toMatch(/^ExecStart=\/usr\/bin\/ovn-docker agent$/m);
    expect(unit).toMatch(/^ConditionPathExists=\/etc\/ovn-docker\/config\.yaml$/m);
  });

  it('has maintainer scripts that a shell understands, and checksums of its files', () => {
    const root = join(folder, 'unpacked');
    run('dpkg-deb', '-R', deb, root);
    for (const script of ['postinst', 'prerm', 'postrm']) run('sh', '-n', join(root, 'DEBIAN', script));
    execFileSync('md5sum', ['--quiet', '-c', 'DEBIAN/md5sums'], { cwd: root });
  });
});

it('embedded-neutron has its own Node, unit and sample configuration', async () => {
  const deb = await buildServicePackage('embedded-neutron', target('neutron'));
  expect(filesOf(deb).map(nameOf).toSorted()).toEqual([
    'etc/embedded-neutron/config.example.yaml',
    'lib/systemd/system/embedded-neutron.service',
    'usr/bin/embedded-neutron',
    'usr/lib/embedded-neutron/bin/node',
    'usr/lib/embedded-neutron/dist/embedded-neutron.js',
    'usr/share/doc/embedded-neutron/changelog.gz',
    'usr/share/doc/embedded-neutron/copyright',
    'usr/share/doc/embedded-neutron/copyright-of-node.gz',
    'usr/share/lintian/overrides/embedded-neutron',
    'usr/share/man/man8/embedded-neutron.8.gz',
  ]);
  expect(control(deb)).not.toContain('openvswitch-switch');
});

it('ovn-docker-broker has its own Node, unit and sample configuration, and runs without privileges', async () => {
  const deb = await buildServicePackage('ovn-docker-broker', target('broker'));
  expect(filesOf(deb).map(nameOf).toSorted()).toEqual([
    'etc/ovn-docker-broker/config.example.yaml',
    'lib/systemd/system/ovn-docker-broker.service',
    'usr/bin/ovn-docker-broker',
    'usr/lib/ovn-docker-broker/bin/node',
    'usr/lib/ovn-docker-broker/dist/ovn-docker-broker.js',
    'usr/share/doc/ovn-docker-broker/changelog.gz',
    'usr/share/doc/ovn-docker-broker/copyright',
    'usr/share/doc/ovn-docker-broker/copyright-of-node.gz',
    'usr/share/lintian/overrides/ovn-docker-broker',
    'usr/share/man/man8/ovn-docker-broker.8.gz',
  ]);
  const unpacked = join(folder, 'broker-unpacked');
  run('dpkg-deb', '-R', deb, unpacked);
  const unit = readFileSync(join(unpacked, 'lib/systemd/system/ovn-docker-broker.service'), 'utf8');
  expect(unit).toMatch(/^User=ovn-docker-broker$/m);
  expect(unit).toMatch(/^CapabilityBoundingSet=$/m);
  for (const script of ['postinst', 'prerm', 'postrm']) run('sh', '-n', join(unpacked, 'DEBIAN', script));
  const program = join(unpacked, 'usr/lib/ovn-docker-broker/dist/ovn-docker-broker.js');
  expect(run(process.execPath, program, '--version')).toBe('9.8.7\n');
  const config = join(unpacked, 'config.yaml');
  writeFileSync(config, `names: [x]\nfolder: ${unpacked}/state\n`);
  expect(run(process.execPath, program, 'ca-hash', '--config', config)).toMatch(/^sha256:[0-9a-f]{64}\n$/);
}, 60_000);

describe('the .tgz', () => {
  let tgz: string;
  const unpacked = join(folder, 'npm-unpacked');
  beforeAll(async () => {
    tgz = await buildNpmPackage(target('npm'));
    mkdirSync(unpacked);
    run('tar', '-C', unpacked, '-xzf', tgz);
  }, 60_000);

  /** Doctor loads the native library before its first check, and finds no credential. */
  const doctor = (program: string) => {
    const env = { HOME: folder, PATH: process.env['PATH'] };
    try {
      return execFileSync(program, ['doctor'], { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'pipe'] });
    } catch (error) {
      return (error as { stdout: string }).stdout;
    }
  };

  it('has less than 2 MB, no dependency and no node_modules', () => {
    expect(statSync(tgz).size).toBeLessThan(2_000_000);
    const manifest = JSON.parse(readFileSync(join(unpacked, 'package/package.json'), 'utf8'));
    expect(Object.keys(manifest).filter((key) => /dependencies|scripts/i.test(key))).toEqual([]);
    expect(run('tar', '-tzf', tgz)).not.toContain('node_modules');
  });

  it('runs where tar unpacked it', () => {
    const program = join(unpacked, 'package/dist/ovn-docker.js');
    expect(run(program, '--version')).toBe('9.8.7\n');
    expect(doctor(program)).toContain('E_NO_CREDENTIAL');
  });

  it('is installed by npm without a registry', () => {
    const prefix = join(folder, 'prefix');
    run(
      'npm',
      'install',
      '--global',
      '--offline',
      '--silent',
      '--prefix',
      prefix,
      '--cache',
      join(folder, 'cache'),
      tgz,
    );
    const program = join(prefix, 'bin/ovn-docker');
    expect(run(program, '--version')).toBe('9.8.7\n');
    expect(doctor(program)).toContain('E_NO_CREDENTIAL');
    for (const page of [
      'man1/ovn-docker.1.gz',
      'man5/ovn-docker-config.5.gz',
      'man8/ovn-docker-agent.8.gz',
    ]) {
      expect(run('zcat', join(prefix, 'share/man', page))).toContain('.TH ');
    }
  });
});
