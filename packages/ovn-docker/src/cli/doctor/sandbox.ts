import type { SystemdUnit } from './systemd-unit.ts';

/** Settings of systemd.exec(5) that confine a service and have the values yes and no. */
const SWITCHES = [
  'NoNewPrivileges',
  'LockPersonality',
  'MemoryDenyWriteExecute',
  'PrivateDevices',
  'PrivateTmp',
  'ProtectClock',
  'ProtectControlGroups',
  'ProtectHostname',
  'ProtectKernelLogs',
  'ProtectKernelModules',
  'ProtectKernelTunables',
  'RemoveIPC',
  'RestrictRealtime',
  'RestrictSUIDSGID',
] as const;

/** Settings whose weakest value is `no`, `default` or nothing, and that have several stronger ones. */
const LEVELS = ['ProtectSystem', 'ProtectHome', 'ProtectProc', 'RestrictNamespaces'] as const;

/** Lists of what is allowed; without a list, everything is. */
const LISTS = [
  'SystemCallFilter',
  'SystemCallArchitectures',
  'RestrictAddressFamilies',
  'DevicePolicy',
] as const;

/** Limits that are `infinity` unless they are set (systemd.resource-control(5)). */
const LIMITS = ['MemoryMax', 'TasksMax'] as const;

/** The settings of a unit that doctor compares. */
export const comparedSettings: readonly string[] = [
  ...SWITCHES,
  ...LEVELS,
  ...LISTS,
  ...LIMITS,
  'CapabilityBoundingSet',
];

const WEAKEST: ReadonlySet<string> = new Set(['', 'no', 'default', 'auto']);
const YES: ReadonlySet<string> = new Set(['yes', 'true', 'on', '1']);

/** What weakens the sandbox that the unit's own file sets, one text each. */
export function weakenings({ properties, settings }: SystemdUnit): string[] {
  const capabilities = moreCapabilities(
    settings['CapabilityBoundingSet'],
    properties['CapabilityBoundingSet'],
  );
  return [
    ...SWITCHES.filter((name) => YES.has(settings[name] ?? '') && properties[name] === 'no'),
    ...[...LEVELS, ...LISTS].filter(
      (name) => !WEAKEST.has(settings[name] ?? '') && WEAKEST.has(properties[name] ?? settings[name] ?? ''),
    ),
    ...LIMITS.filter((name) => settings[name] && properties[name] === 'infinity'),
  ]
    .map((name) => `${name}=${properties[name] || 'none'}`)
    .concat(capabilities.length > 0 ? [`CapabilityBoundingSet has also ${capabilities.join(' ')}`] : []);
}

/** The capabilities that systemd allows and the unit's file does not. A file without a list allows all. */
function moreCapabilities(wanted: string | undefined, effective: string | undefined): string[] {
  if (!wanted || wanted.startsWith('~') || effective === undefined) return [];
  const allowed = new Set(wanted.toLowerCase().split(/\s+/));
  return effective.split(' ').filter((capability) => capability !== '' && !allowed.has(capability));
}
