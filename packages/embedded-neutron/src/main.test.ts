import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../test/support/northbound.ts';
import { startCloud, type TestCloud } from '../test/support/test-cloud.ts';
import { verifyPassword } from './identity/password.ts';

/** The command line of the program. Debian's `openstack` client sends requests to it. */
const program = [process.execPath, '--conditions=source', join(import.meta.dirname, 'main.ts')] as const;
let cloud: TestCloud;
let server: ChildProcess;
let ready: { identity: string; network: string; ready: boolean };
let stderr = '';

beforeAll(async () => {
  cloud = await startCloud();
  const [node, ...args] = program;
  server = spawn(node, [...args, 'serve', '--config', cloud.configPath], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  server.stderr?.on('data', (chunk) => {
    stderr += String(chunk);
  });
  if (!server.stdout) throw new Error('no standard output');
  const [line] = await once(createInterface(server.stdout), 'line');
  ready = JSON.parse(String(line));
});

afterAll(async () => {
  if (server.exitCode === null) server.kill('SIGKILL');
  await cloud[Symbol.asyncDispose]();
});

/** Runs the client as alice and returns its JSON output. */
async function openstack(...args: string[]): Promise<unknown> {
  const env = {
    PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: cloud.nb.directory,
    OS_AUTH_URL: `${ready.identity}/v3`,
    OS_USERNAME: 'alice',
    OS_PASSWORD: 'alicepw',
    OS_PROJECT_NAME: 'alice',
    OS_USER_DOMAIN_NAME: 'Default',
    OS_PROJECT_DOMAIN_ID: 'default',
    OS_IDENTITY_API_VERSION: '3',
  };
  const { stdout } = await promisify(execFile)('/usr/bin/python3', ['/usr/bin/openstack', ...args], { env });
  return stdout.trim() === '' ? undefined : JSON.parse(stdout);
}
const json = ['-f', 'json'];

describe('the openstack client', () => {
  test('gets a token and creates a network, a trunk and a credential', { timeout: 120_000 }, async () => {
    expect(await openstack('token', 'issue', ...json)).toMatchObject({
      project_id: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(await openstack('network', 'create', 'cli-net', ...json)).toMatchObject({
      name: 'cli-net',
      mtu: 1442,
    });
    const range = ['--network', 'cli-net', '--subnet-range', '10.123.0.0/24'];
    expect(await openstack('subnet', 'create', ...range, 'cli-sub', ...json)).toMatchObject({
      gateway_ip: '10.123.0.1',
    });
    expect(await openstack('security', 'group', 'create', 'cli-sg', ...json)).toMatchObject({
      name: 'cli-sg',
    });
    const fixed = ['--fixed-ip', 'subnet=cli-sub,ip-address=10.123.0.10', '--security-group', 'cli-sg'];
    const vm = await openstack('port', 'create', '--network', 'cli-net', ...fixed, 'cli-vm', ...json);
    expect(vm).toMatchObject({ fixed_ips: [{ ip_address: '10.123.0.10' }], status: 'DOWN' });
    await openstack('port', 'create', '--network', 'cli-net', 'cli-c1', ...json);
    const trunk = await openstack(
      'network',
      'trunk',
      'create',
      '--parent-port',
      'cli-vm',
      'cli-trunk',
      ...json,
    );
    expect(trunk).toMatchObject({ name: 'cli-trunk', status: 'ACTIVE' });
    await openstack(
      'network',
      'trunk',
      'set',
      '--subport',
      'port=cli-c1,segmentation-type=vlan,segmentation-id=77',
      'cli-trunk',
    );
    const subports = await openstack('network', 'subport', 'list', '--trunk', 'cli-trunk', ...json);
    expect(subports).toMatchObject([{ 'Segmentation ID': 77 }]);
    await expect(openstack('port', 'delete', 'cli-c1')).rejects.toThrow('is currently a subport for trunk');
    const credential = await openstack('application', 'credential', 'create', 'plugin', ...json);
    expect(credential).toMatchObject({ name: 'plugin', unrestricted: false });
  });
});

describe('the program', () => {
  test('hash-password hashes a password from standard input', async () => {
    const [node, ...args] = program;
    const child = spawn(node, [...args, 'hash-password'], { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin?.end('secret\n');
    const [line] = await once(createInterface(child.stdout), 'line');
    expect(await verifyPassword('secret', String(line))).toBe(true);
  });

  test.each([
    [['serve', '--config', '/nosuch/file'], 'CONFIG_UNREADABLE'],
    [['hash-password'], 'PASSWORD_EMPTY'],
  ])('%j prints one error and a hint', (args, code) => {
    const [node, ...rest] = program;
    expect(() => run(node, [...rest, ...args])).toThrow(
      new RegExp(`embedded-neutron: ${code}: .*\\nhint: .*\\n$`),
    );
  });

  test('the service stops on SIGTERM and prints nothing on standard error', async () => {
    expect(ready.ready).toBe(true);
    const ended = once(server, 'exit');
    server.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    expect(stderr).toBe('');
  });
});
