import type { Vm } from './vm.ts';

/** Cookie and mask of the agent's flows on br0 (docs/decisions/guard-flows.md). */
export const GUARD = '0x6f766e6400000000/0xffffffff00000000';

/** The lines in which `ovs-ofctl` prints flows of br0, sorted; with a filter, those that match it. */
export async function flowsOf(vm: Vm, filter = ''): Promise<string[]> {
  const command = ['ovs-ofctl', '-O', 'OpenFlow14', '--no-stats', 'dump-flows', 'br0', filter].filter(
    Boolean,
  );
  const lines = (await vm.machine.must(command)).split('\n').map((line) => line.trim());
  return lines.filter((line) => line.includes('actions=')).sort();
}

/** The guard flows of br0. */
export const guardFlowsOf = (vm: Vm): Promise<string[]> => flowsOf(vm, `cookie=${GUARD}`);
