import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const repository = resolve(import.meta.dirname, '../..');

/**
 * The scenarios that the product must survive, by number. The titles of system and fault tests name the
 * numbers.
 */
export const scenarios: Readonly<Record<number, string>> = {
  1: 'N concurrent creates, from several clients: no VLAN twice.',
  2: '1..4094 and no other; the 4,095th gets a clear error at once; released VLANs come back; 0 and 4095 never used.',
  3: 'Another client already uses a VLAN on the trunk: the agent takes the next VLAN (409 `DuplicateSubPort`, exactly).',
  4: 'A VLAN is free only after Neutron has confirmed that the subport is removed.',
  5: 'Two agents on one VM: one works, one waits.',
  6: 'Parent port deleted, trunk deleted, VM moved to another hypervisor, while containers run.',
  7: 'A POST timed out but Neutron carried it out: the agent finds the port and does not create it twice.',
  8: '409 has many meanings (DuplicateSubPort, TrunkPortInUse, ParentPortInUse, PortInUse, TrunkDisabled, TrunkInErrorState, SubPortMtuGreaterThanTrunkPortMtu, OverQuota …): branch on `NeutronError.type`.',
  9: 'Quota reached in the middle of a bulk; 500; 503; 401 when a token expires in the middle of a batch; 429.',
  10: '`remove_subports` is 404 for the whole batch if one subport is already removed.',
  11: 'A subnet without addresses left must not stall other networks.',
  12: 'A port that stays DOWN; a lost ACTIVE; a port, security group or subnet deleted by other clients while a NIC that uses it is warm or claimed.',
  13: '`device_id` must not be set before `add_subports` (409 PortInUse).',
  14: 'Neutron is down for an hour: deletes succeed locally and are finished later; attaches from the warm pool work.',
  15: 'Bulk POST on a network with a SLAAC subnet is a 500 in Neutron 21 unless each port has a `mac_address`.',
  16: 'DeleteEndpoint never arrives (dockerd logs plugin errors and forgets); only ReleaseAddress does.',
  17: 'CreateEndpoint or Join twice; a retry with an EMPTY body (moby reuses a drained buffer): 400, nothing broken.',
  18: 'RequestAddress without a CreateEndpoint: the claim expires.',
  19: 'Join succeeded but dockerd rolls back; Leave before Join.',
  20: 'dockerd is killed, with and without live-restore; the host is rebooted; the agent starts long after dockerd.',
  21: '100 containers with a restart policy start at boot, and the agent starts late.',
  22: '`network connect` of a second network, `disconnect -f`, overlapping CIDRs, `--ip`, `--ip6`, `--mac-address`.',
  23: 'Dual stack: two RequestAddress calls of two concurrent `docker run` interleaved; each container gets both addresses of ONE port.',
  24: 'A network is removed while its pool has NICs.',
  25: 'The client hangs up in the middle of a call. A handler never calls the Docker API (deadlock).',
  26: 'Same static routes on two networks of one container make `docker start` fail: send each once.',
  32: 'ovsdb-server, ovs-vswitchd and ovn-controller are restarted; conf.db is wiped.',
  33: 'The VM is rebooted: OVS rows without veth pairs.',
  34: 'A veth pair is deleted under the netdev datapath.',
  35: 'Two ids with the same first 11 characters (interface names are 15).',
  36: 'UDP and TCP payloads, not only ping (checksum offload under the userspace datapath).',
  37: 'IPv6 with DAD; container ↔ its own VM; two containers of one VM on one network (hairpin through the hypervisor).',
  38: 'From a container: tagged frames, QinQ, a priority tag, spoofed MAC, spoofed IP, a DHCP server, an RA: all dropped.',
  39: 'An unallocated VLAN from root of a VM: dropped, no logical port has it.',
  40: 'Full disks, a clock that jumps, no file descriptor left, upgrade and downgrade with running containers.',
  41: 'Bob may not use Alice’s vif-id, trunk, network or port, in trunk mode or in port-binding mode.',
  42: 'Containers of two tenants with the same subnet and address on one hypervisor never meet.',
  43: '`ovn-docker init` over ssh: the session lives; init undoes itself when the API is gone; the change outlives a reboot with networkd, netplan, ifupdown and NetworkManager; `init --undo` gives the VM back.',
  44: 'A reboot or power cut, with the API away, or before Open vSwitch is ready: every container with a restart policy has its network again, and no port is created twice.',
  45: 'The VM’s own TCP connections live while NICs of a smaller MTU come and go.',
  46: 'A NIC whose VM end is down, has the wrong tag, MAC, MTU, master or an error in its Interface row: found and repaired, never warm.',
  47: 'Containers on Docker’s bridge with published ports and on logical networks: any order, any engine, restarts.',
  48: 'Engines 20.10, 26 and 28; OVN 23.03 and 25.03.',
  49: 'QinQ, VID 0, RA and DHCP server from a container: dropped, also by cached flows, and after ovs-vswitchd restarts.',
  50: 'A credential is replaced, narrowed by access rules, deleted or expired: a clear error, and the agent goes on when it can.',
  51: 'A cloud that makes no trunk on the port of a running VM.',
  53: 'A hostile or broken API sends endless lists, huge answers and error pages: the agent’s event loop never stands still for 50 ms.',
};

/** Parts of scenarios that no test shows, and why. */
const limits: Readonly<Record<number, string>> = {
  39: 'OVN cannot stop root of a VM that adds a second tag: in OVS’s userspace datapath a cached flow lets such frames through. The test shows it, and [security.md](security.md) says what operators can do.',
  21: 'CI starts ten containers, because a hundred take 3 min on two shared cores, nearly all of it Docker’s own work. `BOOT_CONTAINERS=100` starts the hundred.',
  6: 'Neutron refuses to delete the parent port of a trunk (409), and embedded-neutron also refuses to delete a port with nested ports, so the tests show the refusal. The move is the move of the VIF from one hypervisor to another; memory is not migrated, because the VMs are namespaces.',
  2: 'Tested with embedded-neutron only: a real Neutron takes 20 minutes to create 4,094 ports.',
  14: 'Neutron is down only for the test, not for an hour. The agent keeps unfinished releases in memory and claims in the VM’s switch, without a time limit.',
  9: 'Tokens that really expire are tested with a real Keystone (`npm run test:openstack`); elsewhere the proxy answers 401 instead.',
  33: 'The VMs are namespaces: all processes are killed, and mounts, veth pairs and the contents of /run are removed; the kernel itself does not boot.',
  43: '`npm run test:vm` has a guest with netplan and networkd and one with ifupdown. Unit tests of recorded configurations show networkd alone, cloud-init’s files, NetworkManager (which init refuses, with the lines to write), and that a failure or a kill at any change leaves the VM old or new ([apply.test.ts](../packages/ovn-docker/src/cli/init/apply.test.ts), [managers.test.ts](../packages/ovn-docker/src/cli/network-managers/managers.test.ts)).',
  44: 'The VMs of `npm test` are namespaces, as for scenario 33. `npm run test:vm` reboots and cuts the power of real guests ([vm-tests.md](vm-tests.md)). Unit tests show the start before Open vSwitch ([await-switch.test.ts](../packages/ovn-docker/src/agent/await-switch.test.ts)), and what Neutron can say when it answers again ([create-engine.test.ts](../packages/ovn-docker/src/agent/create-engine.test.ts)).',
  47: '`npm test` runs a short selection on Docker 26.1.5, and `npm run test:engines` all of it on three engines ([engines.md](engines.md)).',
  48: '`npm test` runs OVN 23.03 and Docker 20.10, with a short selection on Docker 26.1.5. `npm run test:engines` ([engines.md](engines.md)) and `npm run test:ovn` ([ovn-releases.md](ovn-releases.md)) run the others.',
  40: 'A unit test shows the marks that earlier releases wrote ([earlier-releases.test.ts](../packages/ovn-docker/src/nics/earlier-releases.test.ts)): no release has been published. `npm run test:vm` upgrades and downgrades the package in a guest. The clock jumps for the agent alone, by libfaketime: the system’s clock belongs to all labs of a machine.',
  53: 'Unit tests of the client show it ([limits.test.ts](../packages/openstack/src/http/limits.test.ts), [pages.test.ts](../packages/openstack/src/network/pages.test.ts)), and one measures the CPU time of each turn of the event loop ([hostile-api.test.ts](../packages/ovn-docker/src/clients/neutron/hostile-api.test.ts)).',
  46: 'System tests run on the userspace datapath only; unit tests cover the master of a datapath in the kernel.',
  36: 'Only the userspace datapath (`datapath_type=netdev`) is tested: the kernel has no openvswitch module, so checksum offload with the kernel’s datapath is not tested.',
};

/** Scenarios without a system or fault test; the page gives the reason for each. */
export const untested: readonly number[] = [53];

interface ScenarioTest {
  readonly title: string;
  readonly file: string;
}

/**
 * Matches a test's or describe block's title `scenario N: …`, or `scenario N, scenario M: …` for several
 * scenarios.
 */
const TITLE =
  /(?:it|describe)(?:\.runIf\(.*\))?\(\s*'((?:scenario \d+, )*scenario \d+: (?:[^'\\]|\\.)*)'|\](?: as const)?\)\(\s*'((?:scenario \d+, )*scenario \d+: (?:[^'\\]|\\.)*)'/gm;

/** Matches a title `N. …`: the form is `scenario N: …`. */
const BARE = /(?<=\(\s*)['"`]\d+\. [^\n]*/g;

/** The test files below a folder of the repository, by their paths in it. */
function testFiles(folder: string): string[] {
  return readdirSync(join(repository, folder), { encoding: 'utf8', recursive: true })
    .filter((name) => name.endsWith('.test.ts') && !name.includes('node_modules'))
    .map((name) => `${folder}/${name}`)
    .toSorted();
}

/** Reads the tests by scenario number from the titles in the test files. */
export function collectScenarioTests(): Map<number, ScenarioTest[]> {
  const tests = new Map<number, ScenarioTest[]>();
  for (const folder of ['test/system', 'test/engines', 'test/vm', 'test/openstack', 'test/faults']) {
    for (const file of testFiles(folder)) {
      for (const [, plain, each] of readFileSync(join(repository, file), 'utf8').matchAll(TITLE)) {
        const title = plain ?? each ?? '';
        for (const [, number] of title.split(': ')[0]?.matchAll(/scenario (\d+)/g) ?? []) {
          tests.set(Number(number), [...(tests.get(Number(number)) ?? []), { title, file }]);
        }
      }
    }
  }
  return tests;
}

/**
 * Titles of tests that begin with a bare number, which no list of scenarios would contain, each with its
 * file.
 */
export function bareNumbers(): string[] {
  const folders = ['packages', 'lab/src', 'test', 'scripts'];
  return folders.flatMap((folder) =>
    testFiles(folder).flatMap((file) =>
      [...readFileSync(join(repository, file), 'utf8').matchAll(BARE)].map(([title]) => `${file}: ${title}`),
    ),
  );
}

/** Renders docs/scenarios.md. */
export function renderScenarioDoc(tests: ReadonlyMap<number, readonly ScenarioTest[]>): string {
  // Vitest puts values of each row of a table into the place of `%s`; the page has one line for all of them.
  const bare = (title: string) =>
    title
      .replace(/^(?:scenario \d+, )*scenario \d+: /, '')
      .replaceAll(/%[sdifjo]/g, '…')
      .replaceAll('|', '\\|');
  const sections = Object.entries(scenarios).map(([number, text]) => {
    const items = (tests.get(Number(number)) ?? []).map(
      ({ title, file }) => `- ${bare(title)} ([${file}](../${file}))`,
    );
    const limit = limits[Number(number)];
    return [`## ${number}`, '', text, '', ...items, ...(limit ? ['', `Not shown: ${limit}`] : []), ''].join(
      '\n',
    );
  });
  return `# What must be survived

Each number is a scenario after which the books balance: no VLAN is handed out twice, no port, veth pair, row of Open
vSwitch or address is left over, and no container loses its network. The titles of the tests name their scenarios, and
\`npm run docs:scenarios\` writes this page from the titles.

The fault tests have no numbers:

- kill -9 of the agent at every stage, up and down: [crash-points.test.ts](../test/faults/crash-points.test.ts); at the
  stages that differ in port-binding mode, and when a warm NIC is claimed or returned:
  [crash-points-elsewhere.test.ts](../test/faults/crash-points-elsewhere.test.ts);
- calls to Neutron that are delayed, cut, carried out twice or refused: for ports, subports and tokens
  [api-faults.test.ts](../test/faults/api-faults.test.ts), for networks and subnets (also with kill -9 in the middle)
  [network-faults.test.ts](../test/faults/network-faults.test.ts), for the trunk
  [trunk-faults.test.ts](../test/faults/trunk-faults.test.ts);
- random sequences of all of these: [model.test.ts](../test/faults/model.test.ts).

${sections.join('\n')}`;
}

/** Path of the page. */
export const scenarioDoc = join(repository, 'docs', 'scenarios.md');
