import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, openReplica, vswitchSchema } from '@ovn-docker/ovsdb';
import { MemoryServer } from '@ovn-docker/ovsdb/testing';
import { pino } from 'pino';
import { Agent, request } from 'undici';
import { expect, it, onTestFinished } from 'vitest';
import { addBridge, switchSchema } from '../../test/support/memory-switch.ts';
import { createWorld } from '../../test/support/world.ts';
import { AgentClient } from '../api/client.ts';
import type { Cloud } from '../clients/neutron/cloud.ts';
import { parseAgentConfig } from '../config/agent-config.ts';
import { HealthService } from '../health/health-service.ts';
import { awaitSwitch, type SwitchPatience } from './await-switch.ts';

/** A VM without a switch, and the lines that the agent logs while it waits for one. */
function createScene(holdMs: number) {
  const folder = mkdtempSync(join(tmpdir(), 'await-'));
  const database = mkdtempSync(join(tmpdir(), 'await-db-'));
  onTestFinished(() => {
    for (const each of [folder, database]) rmSync(each, { recursive: true, force: true });
  });
  const server = new MemoryServer(database, { schemas: [switchSchema] });
  const socket = join(folder, 'agent.sock');
  const config = parseAgentConfig(
    JSON.stringify({
      ovs: { remote: server.remote, bridge: 'br0' },
      docker: { plugins_dir: folder },
      socket,
    }),
    'config.yaml',
  );
  const lines: string[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line).msg) });
  const cloud = { neutron: createWorld().neutron.client } as unknown as Cloud;
  const patience: SwitchPatience = { attemptMs: 100, pauseMs: 10, holdMs };
  const stop = new AbortController();
  const health = new HealthService();
  onTestFinished(() => health[Symbol.dispose]());
  const waiting = awaitSwitch(config, cloud, log, { stop: stop.signal, health }, patience);
  const plugin = join(folder, 'ovn.sock');
  return { server, socket, plugin, waiting, stop, lines, health };
}

const appears = async (path: string) => {
  while (!existsSync(path)) await new Promise((resolve) => setTimeout(resolve, 5));
};

it('scenario 44: waits for ovsdb-server and then for the bridge, says so once each, and refuses with the reason', async () => {
  const { server, socket, waiting, lines, plugin, health } = createScene(60_000);
  await appears(socket);
  await using agent = new AgentClient(socket);
  const reason = async () => ((await agent.status().catch((error: unknown) => error)) as Error).message;
  expect(await reason()).toBe(
    `waiting for the VM's switch: Open vSwitch does not answer on ${server.remote}`,
  );
  await using _server = await server.listen();
  const noBridge = 'waiting for the VM\'s switch: Open vSwitch has no bridge "br0"';
  while ((await reason()) !== noBridge);
  expect(await health.readiness()).toEqual({ ready: false, reasons: [noBridge], notes: [] });
  expect(existsSync(plugin)).toBe(false);
  await using client = await connect({ remotes: server.remote });
  await using other = await openReplica(client, vswitchSchema, { Bridge: ['name'] });
  await addBridge(other, 'br0', []);
  await using vmSwitch = await waiting;
  expect(vmSwitch?.bridge).toBe('br0');
  // On a busy machine, an attempt can time out once more.
  expect([...new Set(lines.filter((line) => line !== 'request failed'))]).toEqual([
    `waiting for the VM's switch: Open vSwitch does not answer on ${server.remote}`,
    noBridge,
  ]);
  expect([existsSync(socket), existsSync(plugin)]).toEqual([false, false]);
});

it('scenario 44: a switch that does not come does not hold the boot: the driver answers, and refuses what needs it', async () => {
  const { plugin, waiting, stop } = createScene(0);
  await appears(plugin);
  const dispatcher = new Agent({ connect: { socketPath: plugin } });
  const call = async (method: string, body: object) => {
    const options = { dispatcher, method: 'POST', body: JSON.stringify(body) } as const;
    return (await request(`http://agent/${method}`, options)).body.json();
  };
  expect(await call('Plugin.Activate', {})).toEqual({ Implements: ['NetworkDriver', 'IpamDriver'] });
  const ids = { NetworkID: 'n', EndpointID: 'e' };
  const join = await call('NetworkDriver.Join', { ...ids, SandboxKey: '/x' });
  expect(join).toEqual({
    Err: expect.stringMatching(/waiting for the VM's switch.*E_SWITCH.*ovs-vsctl show/),
  });
  // dockerd removes what the containers had before the reboot: it does not wait for the switch.
  expect(await call('NetworkDriver.DeleteEndpoint', ids)).toEqual({});
  stop.abort();
  await dispatcher.close();
  expect(await waiting).toBeUndefined();
  expect(existsSync(plugin)).toBe(false);
});
