import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DoctorContext } from './context.ts';
import { comparedSettings } from './sandbox.ts';
import { readSettings } from './systemd-unit.ts';
import { unitCheckOf } from './unit-check.ts';

/** A part of what `systemctl show` of systemd 252 prints for a unit that works. */
const SHOWN = `Restart=always
NRestarts=0
Result=success
MemoryMax=536870912
CapabilityBoundingSet=cap_net_admin cap_net_raw cap_sys_ptrace cap_sys_admin
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
SystemCallFilter=_llseek _newselect accept
RestrictAddressFamilies=AF_INET AF_INET6 AF_NETLINK AF_UNIX
LoadState=loaded
ActiveState=active
SubState=running
FragmentPath=/lib/systemd/system/ovn-docker.service
UnitFileState=enabled
NeedDaemonReload=no
DropInPaths=
`;

const FILE = `[Service]
# Found by trial.
CapabilityBoundingSet=CAP_NET_ADMIN CAP_SYS_ADMIN \\
  CAP_SYS_PTRACE
CapabilityBoundingSet=CAP_NET_RAW
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=true
SystemCallFilter=@system-service
MemoryMax=512M
`;

function run(shown: Record<string, string> = {}, file = FILE) {
  const unit = { properties: { ...readSettings(SHOWN), ...shown }, settings: readSettings(file) };
  return unitCheckOf(async () => unit).run({} as DoctorContext);
}

const DROP_IN = { DropInPaths: '/etc/systemd/system/ovn-docker.service.d/override.conf' };

it('says how the unit is', async () => {
  expect(await run()).toEqual({
    facts: ['ovn-docker.service: active (running), enabled, 0 restarts'],
    warnings: [],
  });
});

it('is skipped where systemd does not run', async () => {
  const check = unitCheckOf(async () => undefined);
  expect(await check.run({} as DoctorContext)).toEqual({ facts: ['not run by systemd'], isSkipped: true });
});

it('is skipped where systemctl does not answer', async () => {
  const check = unitCheckOf(() => Promise.reject(new Error('Failed to connect to bus\nmore')));
  expect(await check.run({} as DoctorContext)).toEqual({
    facts: ['systemctl does not answer: Failed to connect to bus'],
    isSkipped: true,
  });
});

it.each<[string, Record<string, string>, string]>([
  ['that systemd does not have', { LoadState: 'not-found' }, 'after a reboot no container'],
  ['that is not enabled', { UnitFileState: 'disabled' }, 'is disabled: systemd does not start'],
  ['that was made by hand', { UnitFileState: '' }, 'is not enabled'],
  ['that does not run', { ActiveState: 'inactive', SubState: 'dead' }, 'does not run'],
  [
    'without its configuration',
    { ActiveState: 'inactive', ConditionResult: 'no', ConditionTimestampMonotonic: '71' },
    'does not start without its configuration',
  ],
  ['that systemd has restarted', { NRestarts: '3' }, 'restarted the agent 3 times'],
  ['that changed on the disk', { NeedDaemonReload: 'yes' }, 'changed after systemd had read'],
])('warns of a unit %s', async (_, shown, message) => {
  const { warnings } = await run(shown);
  expect(warnings).toEqual([
    { message: expect.stringContaining(message), hint: expect.stringMatching(/\S/) },
  ]);
});

it.each<[string, Record<string, string>, string]>([
  [
    'has failed',
    { ActiveState: 'failed', SubState: 'failed', Result: 'exit-code' },
    'has failed; the last result is exit-code',
  ],
  [
    'ends again and again',
    { ActiveState: 'activating', SubState: 'auto-restart', NRestarts: '9' },
    'again and again (9 restarts)',
  ],
  ['is masked', { LoadState: 'masked' }, 'is masked'],
])('a unit that %s is the fault', async (_, shown, message) => {
  await expect(run(shown)).rejects.toMatchObject({
    code: 'E_AGENT_NOT_RUNNING',
    message: expect.stringContaining(message),
    hint: expect.stringContaining('systemctl'),
  });
});

it('an agent that is starting is no fault', async () => {
  expect((await run({ ActiveState: 'activating', SubState: 'start' })).warnings).toEqual([]);
});

describe('the sandbox', () => {
  it('doctor compares every setting of the packaged unit that confines the agent', () => {
    const file = resolve(import.meta.dirname, '../../../../../packaging/ovn-docker.service');
    const confining =
      /^(Protect|Private|Restrict|NoNew|Lock|Remove|SystemCall(Filter|Arch)|Capability|.*Max$)/;
    const names = Object.keys(readSettings(readFileSync(file, 'utf8')));
    expect(comparedSettings).toEqual(expect.arrayContaining(names.filter((name) => confining.test(name))));
  });

  it.each<[string, Record<string, string>, string]>([
    ['a switch', { NoNewPrivileges: 'no' }, 'NoNewPrivileges=no'],
    ['a level', { ProtectSystem: 'no' }, 'ProtectSystem=no'],
    ['a list', { SystemCallFilter: '' }, 'SystemCallFilter=none'],
    ['the limit of memory', { MemoryMax: 'infinity' }, 'MemoryMax=infinity'],
    [
      'the capabilities',
      { CapabilityBoundingSet: 'cap_net_admin cap_sys_module cap_sys_admin' },
      'CapabilityBoundingSet has also cap_sys_module',
    ],
  ])('warns of a drop-in that weakens %s, and names the drop-in', async (_, shown, weak) => {
    const { warnings } = await run({ ...shown, ...DROP_IN });
    expect(warnings).toEqual([
      {
        message: `the sandbox is weaker than in /lib/systemd/system/ovn-docker.service: ${weak}`,
        hint: expect.stringContaining(DROP_IN.DropInPaths),
      },
    ]);
  });

  it('accepts a drop-in that changes something else or confines the agent more', async () => {
    const stricter = { CapabilityBoundingSet: 'cap_net_admin', PrivateTmp: 'yes' };
    expect((await run({ ...stricter, ...DROP_IN })).warnings).toEqual([]);
  });

  it('warns of a copy of an earlier unit, which has none', async () => {
    const copy = { FragmentPath: '/etc/systemd/system/ovn-docker.service', NoNewPrivileges: 'no' };
    const { warnings } = await run(copy, '[Service]\nExecStart=/usr/bin/ovn-docker agent\n');
    expect(warnings).toEqual([
      { message: expect.stringContaining('has no sandbox'), hint: expect.stringContaining('daemon-reload') },
    ]);
  });
});
