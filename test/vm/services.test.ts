import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  checkPing,
  cloudsYaml,
  containerPlace,
  type Guest,
  guestKindNames,
  openLab,
  type Place,
  repository,
} from '@ovn-docker/lab';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { GuestVm } from '../support/guest/guest-vm.ts';
import { bootFresh, builtPackage, installPackage, startRemote } from '../support/guest/set-up.ts';
import { Vm } from '../support/vm.ts';
import { guests, LAB } from './raise-lab.ts';

/**
 * The other two packages in a real VM: do their units work in their sandboxes? Then the VM joins the broker,
 * and its agent has no credential.
 */
const NETWORK = 'services';
const [kind] = guestKindNames.filter((name) => guests?.includes(name) ?? true);
const lab = openLab(LAB);
const vmB = new Vm(lab, 'vm-b');
const scratch = mkdtempSync(join(tmpdir(), 'test-vm-'));
let guest: Guest;
let vm: GuestVm;
let remote: Place;

beforeAll(async () => {
  ({ place: remote } = await startRemote(vmB, NETWORK, '10.65.0.0/24'));
  vm = await bootFresh(lab, kind ?? 'netplan');
  guest = vm.guest;
});

afterAll(async () => {
  await guest.cutPower();
  await vmB.cleanUp();
  rmSync(scratch, { recursive: true });
});

/** Copies a package that `npm run package` built into the guest and installs it. */
async function install(name: string): Promise<void> {
  const file = readdirSync(join(repository, 'dist')).find((each) => each.startsWith(`${name}_`));
  await guest.copy([join(repository, 'dist', file ?? name)], '/root');
  await guest.shell(`DEBIAN_FRONTEND=noninteractive dpkg --install /root/${name}_*.deb`, {
    timeoutMs: 300_000,
  });
}

/** Requires that a unit runs, is confined, and has not been started twice. */
async function expectConfined(unit: string): Promise<void> {
  const shown = await guest.must(['systemctl', 'show', '-p', 'ActiveState,NRestarts', unit]);
  expect(shown.split('\n').sort()).toEqual(['', 'ActiveState=active', 'NRestarts=0']);
  const table = await guest.must(['systemd-analyze', 'security', '--no-pager', unit]);
  const exposure = Number(/Overall exposure level.*?: ([\d.]+)/.exec(table)?.[1]);
  expect(exposure, table).toBeLessThanOrEqual(2.5);
}

/** Waits until a URL of the guest answers 200, and returns the answer. */
const fetchInside = (url: string, ...options: string[]) =>
  guest.must(['curl', '-fsS', '--retry', '60', '--retry-delay', '1', '--retry-all-errors', ...options, url], {
    timeoutMs: 120_000,
  });

it('embedded-neutron’s unit serves both APIs from its sandbox', async () => {
  await install('embedded-neutron');
  await guest.copy(['/usr/share/ovn/ovn-nb.ovsschema'], '/root');
  const config = {
    listen: { identity: '127.0.0.1:5000', network: '127.0.0.1:9696' },
    nb: 'unix:/run/nb.sock',
    identity: {
      signing_key_file: 'signing.key',
      projects: [{ name: 'carol' }],
      users: [{ name: 'carol', password_hash_file: 'carol.hash', roles: { carol: ['member'] } }],
    },
  };
  writeFileSync(join(scratch, 'config.yaml'), JSON.stringify(config));
  await guest.copy([join(scratch, 'config.yaml')], '/etc/embedded-neutron');
  await guest.shell(`
    ovsdb-tool create /root/nb.db /root/ovn-nb.ovsschema
    ovsdb-server /root/nb.db --remote=punix:/run/nb.sock --unixctl=/run/nb.ctl --pidfile=/run/nb.pid --detach
    cd /etc/embedded-neutron
    umask 077
    openssl rand -base64 48 >signing.key
    echo secret | embedded-neutron hash-password >carol.hash
    systemctl start embedded-neutron`);
  const user = { name: 'carol', domain: { name: 'Default' }, password: 'secret' };
  const scope = { project: { name: 'carol', domain: { name: 'Default' } } };
  const identity = { methods: ['password'], password: { user } };
  const body = JSON.stringify({ auth: { identity, scope } });
  const json = ['-H', 'Content-Type: application/json', '-d', body, '-D', '/run/headers'];
  await fetchInside('http://127.0.0.1:5000/v3/auth/tokens', ...json);
  const networks = await guest.shell(`
    token=$(sed -n 's/^x-subject-token: //Ip' /run/headers | tr -d '\\r')
    curl -fsS -H "X-Auth-Token: $token" http://127.0.0.1:9696/v2.0/networks`);
  expect(JSON.parse(networks)).toEqual({ networks: [] });
  await expectConfined('embedded-neutron');
  await guest.shell('systemctl disable --now embedded-neutron; kill $(cat /run/nb.pid)');
});

it('the broker’s unit serves from its sandbox, and keeps its CA over a restart', async () => {
  await install('ovn-docker-broker');
  writeFileSync(join(scratch, 'clouds.yaml'), cloudsYaml(guest.port.credential));
  // Certificates of a quarter of an hour, so that the agent renews them in this test.
  const cloud = { cloud: 'lab', clouds_yaml: '/etc/ovn-docker-broker/clouds.yaml' };
  const config = { names: [guest.port.address], cloud, certificate_days: 0.01 };
  writeFileSync(join(scratch, 'config.yaml'), JSON.stringify(config));
  await guest.copy([join(scratch, 'clouds.yaml'), join(scratch, 'config.yaml')], '/etc/ovn-docker-broker');
  await guest.shell(`
    cd /etc/ovn-docker-broker
    chown root:ovn-docker-broker clouds.yaml config.yaml
    chmod 0640 clouds.yaml config.yaml
    systemctl start ovn-docker-broker`);
  const ready = `https://${guest.port.address}:9797/readyz`;
  await fetchInside(ready, '--insecure');
  await expectConfined('ovn-docker-broker');
  const hash = await guest.must(['ovn-docker-broker', 'ca-hash']);
  await guest.must(['systemctl', 'restart', 'ovn-docker-broker']);
  await fetchInside(ready, '--insecure');
  expect(await guest.must(['ovn-docker-broker', 'ca-hash'])).toBe(hash);
  expect(await guest.must(['stat', '-c', '%U %a', '/var/lib/ovn-docker-broker'])).toBe(
    'ovn-docker-broker 700\n',
  );
});

it('the VM joins the broker, needs no credential, and its agent renews the certificate from its sandbox', async () => {
  await installPackage(guest, builtPackage());
  const invite = ['ovn-docker-broker', 'invite', '--vm', guest.port.portId];
  await guest.shell((await guest.must(invite)).trim());
  const init = await guest.run(['ovn-docker', 'init', '--yes'], { timeoutMs: 500_000 });
  expect(init, init.stdout + init.stderr).toMatchObject({ code: 0 });
  const id = await vm.run(NETWORK, '--net=none');
  await checkPing(containerPlace(guest, id, await vm.addressOf(id)), remote);
  const serial = 'openssl x509 -noout -serial -in /var/lib/ovn-docker/broker/vm.pem';
  const before = await guest.shell(serial);
  // After two thirds of its life, the certificate is due when the agent looks next.
  await guest.shell('systemctl stop systemd-timesyncd || true; date -s "+11 minutes"');
  await guest.must(['systemctl', 'restart', 'ovn-docker']);
  await guest.shell(
    `for i in $(seq 60); do [ "$(${serial})" = "${before.trim()}" ] || exit 0; sleep 1; done; exit 1`,
    {
      timeoutMs: 120_000,
    },
  );
  await vm.docker('rm', '--force', await vm.run(NETWORK, '--net=none'));
});

it('`socket_group` gives the agent’s socket to a group', async () => {
  await guest.shell(`
    echo 'socket_group: docker' >>/etc/ovn-docker/config.yaml
    systemctl restart ovn-docker`);
  expect(await guest.must(['stat', '-c', '%G %a', '/run/ovn-docker/agent.sock'])).toBe('docker 660\n');
});
