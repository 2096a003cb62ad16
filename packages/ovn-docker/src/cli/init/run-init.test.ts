import { expect, it, vi } from 'vitest';
import { openTestMachine } from '../../../test/support/init-machine.ts';
import { networkFixtures } from '../../../test/support/network-fixtures.ts';
import type { Settings } from '../settings.ts';
import { terminal } from './prompt.ts';
import { Records } from './records.ts';
import { runInit } from './run-init.ts';
import { runUndo } from './run-undo.ts';

it.each([
  ['init', runInit, false],
  ['init --undo', runUndo, undefined],
] as const)(
  '%s --dry-run changes nothing, also after an interrupted run: that one stays to be undone',
  async (_, run, outcome) => {
    await using test = await openTestMachine(networkFixtures.netplan);
    const machine = test.process();
    const names = { uplink: 'eth0', bridge: 'br0' };
    const { remote } = test;
    const records = new Records(machine.files);
    records.begin({
      id: '1',
      kind: 'init',
      names,
      manager: 'networkd',
      remote,
      apis: [],
      before: {},
      pid: 1,
    });
    const before = await test.state();
    const output = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const isSetUp = await run(machine, {} as Settings, { dryRun: true }, terminal);
    expect(output.mock.calls.join('')).toContain('An earlier run was interrupted');
    output.mockRestore();
    expect([isSetUp, await test.state()]).toEqual([outcome, before]);
  },
);
