import type { AccessPort, PluggedPort } from '../../src/clients/vm-switch.ts';

/** A port of the VM's bridge as ovs-vswitchd has it after `plug`. */
export function pluggedPort({
  name,
  vlan,
  externalIds = {},
  notes = {},
  ...more
}: Pick<AccessPort, 'name'> & Partial<Omit<AccessPort, 'name'>> & Partial<PluggedPort>): PluggedPort {
  const entries = Object.entries({ ...externalIds, ...notes });
  const present = entries.filter((pair): pair is [string, string] => pair[1] !== undefined);
  return {
    name,
    vlan,
    vlanMode: 'access',
    trunks: [],
    externalIds: Object.fromEntries(present),
    ofport: 1,
    iface: { type: '', externalIds },
    ...more,
  };
}
