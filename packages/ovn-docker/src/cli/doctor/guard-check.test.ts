import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { Switch } from '../../../../openflow/test/support/switch.ts';
import { refuseMonitors } from '../../../test/support/old-switch.ts';
import { pluggedPort } from '../../../test/support/plugged-port.ts';
import { guardedPort } from '../../nics/guarded-port.ts';
import { rowKeys } from '../../nics/names.ts';
import { Guard } from '../../vm/guard/guard.ts';
import type { DoctorContext } from './context.ts';
import { guardCheck } from './guard-check.ts';

const policy = { dhcp: 'drop' } as const;
const row = pluggedPort({
  name: 'ovn-1',
  vlan: 1,
  ofport: 101,
  externalIds: {
    [rowKeys.nic]: 'n1',
    [rowKeys.attachedMac]: 'fa:16:3e:00:00:01',
    [rowKeys.macs]: 'own',
  },
});
const vmSwitch = { ports: () => [row], port: () => row, onPortChange: () => () => undefined };

const run = (management: string) =>
  guardCheck.run({
    settings: { config: { ovs: { bridge: 'br0', management }, guard: policy } },
    findings: { vmSwitch },
  } as unknown as DoctorContext);

/** Installs the guard flows, as the agent does. */
async function guard({ socket }: Switch): Promise<void> {
  const log = pino({ level: 'silent' });
  const readPort = (port: typeof row) => guardedPort(port, policy);
  await using agents = new Guard({ vmSwitch, socket, readPort, log });
  await agents.start();
}

it('reports that every port is guarded', async () => {
  await using bridge = await Switch.start();
  await guard(bridge);
  expect(await run(bridge.socket)).toEqual({
    facts: [`OpenFlow 1.4 on ${bridge.socket}; 1 ports of containers are guarded`],
    warnings: [],
  });
});

it('warns of another program’s flows that do not apply to frames of containers', async () => {
  await using bridge = await Switch.start();
  await guard(bridge);
  bridge.ofctl('add-flow', 'priority=500,tcp,actions=drop');
  bridge.ofctl('add-flow', 'priority=500,in_port=7,udp,actions=drop');
  const { warnings } = await run(bridge.socket);
  expect(warnings).toEqual([
    {
      message: expect.stringMatching(/^1 flows of other programs in table 0 of br0 do not apply/),
      hint: expect.stringContaining('security groups'),
    },
  ]);
});

it('warns of a switch that reports no changes of flows', async () => {
  await using bridge = await Switch.start();
  await guard(bridge);
  const directory = mkdtempSync(join(tmpdir(), 'guard-check-'));
  try {
    const socket = join(directory, 'br0.mgmt');
    await using _old = await refuseMonitors(socket, bridge.socket);
    const { warnings } = await run(socket);
    expect(warnings).toEqual([
      { message: expect.stringContaining('reports no changes'), hint: expect.stringContaining('2.16') },
    ]);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

it('guard flows that are missing are the fault, and so is a bridge without a management socket', async () => {
  await using bridge = await Switch.start();
  await expect(run(bridge.socket)).rejects.toMatchObject({
    code: 'E_GUARD',
    hint: expect.stringContaining('systemctl status ovn-docker'),
  });
  await expect(run('/nowhere/br0.mgmt')).rejects.toMatchObject({ code: 'E_GUARD' });
});
