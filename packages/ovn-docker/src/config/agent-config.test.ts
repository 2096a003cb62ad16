import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAgentConfig, poolMarks, readAgentConfig, requireRootsFile } from './agent-config.ts';

it('an empty file has the defaults of an ordinary VM', () => {
  expect(parseAgentConfig('', 'config.yaml')).toMatchObject({
    ovs: { remote: 'unix:/run/openvswitch/db.sock', bridge: 'br0' },
    uplink: 'eth0',
    socket: '/run/ovn-docker/agent.sock',
    mode: 'auto',
    docker: { driver: 'ovn', publish: 'warn' },
  });
});

it.each([
  ['ovs: {bridge: 7}', 'bridge'],
  ['mode: maybe', 'mode'],
  ['colour: red', 'colour'],
  ['cloud: {clouds: x}', 'clouds'],
  ['ovs: {bridges: x}', 'bridges'],
  ['docker: {drivers: x}', 'drivers'],
  ['docker: {publish: yes}', 'publish'],
  ['reconcile: {each: 5}', 'each'],
  ['pool: {hihg: 5}', 'hihg'],
  ['pool: {networks: {net: {hihg: 5}}}', 'hihg'],
  ['{', 'YAML'],
])('the message names the wrong value in %j', (text, place) => {
  expect(() => parseAgentConfig(text, 'config.yaml')).toThrowError(
    expect.objectContaining({ code: 'E_CONFIG', message: expect.stringContaining(place) }),
  );
});

it.each([
  ['pool: {hihg: 5}', 'there is no key pool.hihg (did you mean pool.high or pool.networks.*.high?)'],
  ['bridge: br0', 'there is no key bridge (did you mean ovs.bridge?)'],
  ['docker: {driver_: x}', 'did you mean docker.driver'],
  ['log-level: debug', 'did you mean log_level'],
  ['uplink: a-name-that-is-too-long', 'uplink'],
  ['uplink:', 'uplink: Invalid input: expected string'],
  ['socket: agent.sock', 'socket: must be an absolute path'],
  ['docker: {driver: a/b}', 'docker.driver: must be the name of a Docker plugin'],
  ['metadata_url: 169.254.169.254', 'metadata_url: must be an http or https URL'],
  ['cloud: {auth_url: "ftp://x"}', 'cloud.auth_url: must be'],
  ['ovs: {remote: /run/db.sock}', 'ovs.remote: must be unix:PATH'],
  ['reconcile: {every: 0}', 'reconcile.every'],
  ['pool: {idle: .inf}', 'pool.idle'],
  ['- a list', 'the file: Invalid input'],
  ['""', 'the file: Invalid input'],
  ['cloud: &a {cloud: *a}', 'cloud.cloud: Invalid input'],
  ["colour: ''", 'there is no key colour'],
  ['cloud: {broker: "http://b:9797"}', 'cloud.broker: must be an https URL'],
  ['cloud: {broker: "https://b:9797", cloud: lab}', 'cloud: must not have `cloud` or `clouds_yaml`'],
  ['cloud: {broker: "https://b:9797", clouds_yaml: /c}', 'cloud: must not have `cloud` or `clouds_yaml`'],
  ['cloud: {key: /k}', 'belong to `broker`, which is missing'],
  ['cloud: {broker: "https://b:9797", ca: ca.pem}', 'cloud.ca: must be an absolute path'],
])('the message about %j contains %j', (text, words) => {
  expect(() => parseAgentConfig(text, 'config.yaml')).toThrowError(
    expect.objectContaining({ code: 'E_CONFIG', message: expect.stringContaining(words) }),
  );
});

it('an empty text counts as not set and causes a warning, as templates write it', () => {
  const texts: string[] = [];
  const yaml = `
    vif_id: ""
    uplink: " "
    cloud: {cloud: "", clouds_yaml: "", auth_url: ""}
    pool: {idle: "", networks: {LS1: {low: ""}}}`;
  const config = parseAgentConfig(yaml, 'config.yaml', (text) => texts.push(text));
  const { vif_id, cloud, uplink } = config;
  expect([vif_id, uplink]).toEqual([undefined, 'eth0']);
  expect(Object.values(cloud).filter((value) => value !== undefined)).toEqual([]);
  expect(poolMarks(config, { id: '1', name: 'LS1' })).toMatchObject({ low: 2, idleMs: 600_000 });
  const empty = ['vif_id', 'uplink', 'cloud.cloud', 'cloud.clouds_yaml', 'cloud.auth_url', 'pool.idle'];
  expect(texts).toEqual(
    [...empty, 'pool.networks.LS1.low'].map((key) => `config.yaml: ${key} is empty and counts as not set`),
  );
});

it('an empty metadata_url has a meaning of its own', () => {
  const texts: string[] = [];
  const config = parseAgentConfig('metadata_url: ""', 'config.yaml', (text) => texts.push(text));
  expect([config.metadata_url, texts]).toEqual(['', []]);
});

it.each(['pool: {idle: 31536000}', 'reconcile: {patience: 31536000}', 'reconcile: {every: 31536000}'])(
  'a time may be as long as a year: %s',
  (yaml) => {
    expect(JSON.stringify(parseAgentConfig(yaml, 'config.yaml'))).toContain('31536000');
  },
);

it('rejects a named file that does not exist', async () => {
  await expect(readAgentConfig('/nonexistent/config.yaml')).rejects.toMatchObject({ code: 'E_CONFIG' });
});

it.skipIf(process.getuid?.() !== 0)(
  'the agent refuses a file that another user can change (the test needs root)',
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'ovn-docker-config-'));
    const file = join(directory, 'config.yaml');
    await requireRootsFile(file);
    writeFileSync(file, '');
    await requireRootsFile(file);
    chownSync(directory, 1000, 1000);
    await expect(requireRootsFile(file)).rejects.toMatchObject({
      code: 'E_CONFIG',
      message: `the agent does not read ${file}: ${directory} belongs to user 1000`,
    });
    rmSync(directory, { recursive: true });
  },
);

describe('poolMarks', () => {
  const network = { id: 'id-1', name: 'net' };
  const marks = (yaml: string) => poolMarks(parseAgentConfig(yaml, 'config.yaml'), network);

  it('come from the network by id, the network by name, all pools, the defaults, in this order', () => {
    expect(marks('')).toMatchObject({ low: 2, high: 8, batch: 50 });
    expect(marks('pool: {low: 3, high: 30, idle: 9}')).toEqual({ low: 3, high: 30, batch: 50, idleMs: 9000 });
    expect(marks('pool: {high: 30, networks: {net: {low: 5}}}')).toMatchObject({ low: 5, high: 30 });
    const both = 'pool: {networks: {net: {high: 5}, id-1: {high: 6}, other: {high: 7}}}';
    expect(marks(both)).toMatchObject({ high: 6 });
  });

  it('a high mark of 0 keeps no NIC warm whatever the low mark; low never exceeds high', () => {
    expect(marks('pool: {high: 0}')).toMatchObject({ low: 0, high: 0 });
    expect(marks('pool: {low: 20, high: 3}')).toMatchObject({ low: 3, high: 3 });
  });

  it.each(['pool: {low: -1}', 'pool: {high: 4095}', 'pool: {batch: 0}', 'pool: {networks: {n: {low: x}}}'])(
    'refuses %s',
    (yaml) => {
      expect(() => marks(yaml)).toThrow(expect.objectContaining({ code: 'E_CONFIG' }));
    },
  );
});
