import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { Port } from '@ovn-docker/openstack';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeNetwork, makePort } from '../../test/support/scene.ts';
import { BrokerClient, joinWith, startTestBroker, type TestBroker } from '../../test/support/test-broker.ts';
import { type Config, loadConfig } from '../config.ts';
import { invite } from './invite.ts';
import { list } from './list.ts';

/** A broker whose cloud and folder the program uses; its own listener stays unused. */
let broker: TestBroker;
let configPath: string;
let network: string;
let config: Config;
let own: Port;
let foreign: Port;
const main = join(import.meta.dirname, '../main.ts');

beforeAll(async () => {
  broker = await startTestBroker();
  network = await makeNetwork(broker, '127.0.9.0/24');
  const path = (name: string) => join(broker.folder, name);
  configPath = path('config.yaml');
  writeFileSync(
    configPath,
    JSON.stringify({
      listen: '127.0.0.1:0',
      names: ['127.0.0.1'],
      url: 'https://broker.example.org:9797',
      folder: broker.folder,
      cloud: { cloud: 'ovn-docker', clouds_yaml: broker.cloudsFile },
    }),
  );
});
beforeAll(async () => {
  config = await loadConfig(configPath);
  own = await newPort('127.0.9.23');
  const ofBob = await makeNetwork(broker, '10.9.0.0/24', { person: 'bob' });
  foreign = await makePort(broker, { network_id: ofBob }, 'bob');
  for (const name of ['twice', 'twice'])
    await broker.cloud.call('alice', 'POST', 'networks', { network: { name } });
});
afterAll(() => broker[Symbol.asyncDispose]());

async function run(...args: string[]): Promise<{ stdout: string; stderr: string; code: number }> {
  const command = ['--conditions=source', main, ...args, '--config', configPath];
  const env = { PATH: process.env['PATH'] };
  return promisify(execFile)(process.execPath, command, { env }).then(
    ({ stdout, stderr }) => ({ stdout, stderr, code: 0 }),
    (error) => error,
  );
}

const newPort = (address: string) =>
  makePort(broker, { network_id: network, fixed_ips: [{ ip_address: address }] });

describe('the program', () => {
  test('invites a VM, serves it and revokes it; list shows each state', { timeout: 60_000 }, async () => {
    const { id } = await newPort('127.0.9.21');
    const options = [
      '--vm',
      id,
      '--networks',
      '127.0.9.0/24',
      '--with-networks',
      '--max-ports',
      '7',
      '--json',
    ];
    const invited = JSON.parse((await run('invite', ...options)).stdout);
    expect(invited.command).toBe(
      `ovn-docker join https://broker.example.org:9797 --token ${invited.token} --ca-hash ${broker.service.caHash}`,
    );
    const { body } = await broker.cloud.call('alice', 'GET', `trunks?port_id=${id}`);
    expect(body.trunks).toHaveLength(1);
    const stateOf = async () => {
      const rows = JSON.parse(await list(config, { json: true }));
      return rows.find((row: { id: string }) => row.id === invited.invitation);
    };
    expect(await stateOf()).toMatchObject({
      state: 'invited',
      vif_id: id,
      networks: [network],
      with_networks: true,
      max_ports: 7,
    });
    const server = spawn(process.execPath, ['--conditions=source', main, 'serve', '--config', configPath], {
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [output] = await once(createInterface(server.stdout), 'line');
    const ready = JSON.parse(String(output));
    expect(ready).toEqual({ ready: true, url: expect.any(String), ca_hash: broker.service.caHash });
    const identity = await joinWith(broker.service.url, invited.token, '127.0.9.21');
    expect((await stateOf()).state).toBe('joined');
    const line = `${invited.invitation}  ${id}  joined  ${network} and its own  `;
    expect(await list(config, { json: false })).toContain(line);
    const { stdout } = await run('revoke', id);
    expect(stdout).toBe(`revoked invitation ${invited.invitation} of VM ${id}\n`);
    expect((await stateOf()).state).toBe('revoked');
    using client = new BrokerClient(broker.service.url, identity);
    expect((await client.send('GET', '/v1/vm')).status).toBe(403);
    const ended = once(server, 'exit');
    server.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });

  test('a user’s mistake is one line and a hint', async () => {
    const { stderr, code } = await run('revoke', 'nosuch');
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^ovn-docker-broker: INVITATION_UNKNOWN: .*\nhint: .*\n$/),
    ]);
  });
});

describe('invite', () => {
  const options = { expires: '1h' };

  test('--replace revokes the earlier invitations of the VM', async () => {
    const { id: vm } = await newPort('127.0.9.22');
    const first = await invite(config, { ...options, vm }, {});
    const second = await invite(config, { ...options, vm, replace: true }, {});
    expect(await broker.invitations.isRevoked(first.invitation.id)).toBe(true);
    expect(await broker.invitations.isRevoked(second.invitation.id)).toBe(false);
  });

  test.each([
    ['another id', { vm: '00000000-0000-4000-8000-000000000000' }, 'VM_UNKNOWN'],
    ['the port of another project', { vm: 'foreign' }, 'VM_UNKNOWN'],
    ['another network', { vm: 'own', networks: 'nosuch' }, 'NETWORK_UNKNOWN'],
    ['a name of two networks', { vm: 'own', networks: 'twice' }, 'NETWORK_UNKNOWN'],
    ['--expires soon', { vm: 'own', expires: 'soon' }, 'OPTION_INVALID'],
    ['--from 10.0.0.0/99', { vm: 'own', from: '10.0.0.0/99' }, 'OPTION_INVALID'],
    ['--max-ports -1', { vm: 'own', maxPorts: '-1' }, 'OPTION_INVALID'],
  ])('%s is refused', async (_, given, code) => {
    const ports: Record<string, string> = { own: own.id, foreign: foreign.id };
    const vm = ports[given.vm] ?? given.vm;
    await expect(invite(config, { ...options, ...given, vm }, {})).rejects.toMatchObject({ code });
  });
});
