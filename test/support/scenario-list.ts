import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const repository = resolve(import.meta.dirname, '../..');

/** What must be survived, by number and in the words of the contract that system and fault tests are named after. */
export const scenarios: Readonly<Record<number, string>> = {
  1: 'N concurrent creates, from several clients: no VLAN twice.',
  2: '1..4094 and no other; the 4,095th gets a clear error at once; released VLANs come back; 0 and 4095 never used.',
  3: 'Another actor already holds a tag on the trunk: the next one is taken (409 `DuplicateSubPort`, exactly).',
  4: 'A tag is free only after the subport is confirmed gone.',
  5: 'Two agents on one VM: one works, one waits.',
  6: 'Parent port deleted, trunk deleted, VM moved to another hypervisor, while containers run.',
  7: 'POST timed out but was carried out: found again, not made twice.',
  8: '409 has many meanings (DuplicateSubPort, TrunkPortInUse, ParentPortInUse, PortInUse, TrunkDisabled, TrunkInErrorState, SubPortMtuGreaterThanTrunkPortMtu, OverQuota …): branch on `NeutronError.type`.',
  9: 'Quota reached in the middle of a bulk; 500; 503; 401 when a token expires in the middle of a batch; 429.',
  10: '`remove_subports` is 404 for the whole batch if one is already gone.',
  11: 'A subnet without addresses left must not stall other networks.',
  12: 'A port that stays DOWN; a lost ACTIVE; a port, security group or subnet deleted by others while pooled or in use.',
  13: '`device_id` must not be set before `add_subports` (409 PortInUse).',
  14: 'Neutron away for an hour: deletes succeed locally and are finished later; attaches from the warm pool work.',
  15: 'Bulk POST on a network with a SLAAC subnet is a 500 in Neutron 21 unless each port has a `mac_address`.',
  16: 'DeleteEndpoint never comes (dockerd logs plugin errors and forgets); only ReleaseAddress does.',
  17: 'CreateEndpoint or Join twice; a retry with an EMPTY body (moby reuses a drained buffer): 400, nothing broken.',
  18: 'RequestAddress without a CreateEndpoint: the claim expires.',
  19: 'Join succeeded but dockerd rolls back; Leave before Join.',
  20: 'dockerd killed, with and without live-restore; host rebooted; agent started long after dockerd.',
  21: '100 containers with restart policy at boot, plugin late.',
  22: '`network connect` of a second network, `disconnect -f`, overlapping CIDRs, `--ip`, `--ip6`, `--mac-address`.',
  23: 'Dual stack: two RequestAddress calls of two concurrent `docker run` interleaved; each container gets both addresses of ONE port.',
  24: 'Network removed while the pool holds NICs on it.',
  25: 'The client hangs up in the middle of a call. A handler never calls the Docker API (deadlock).',
  26: 'Same static routes on two networks of one container make `docker start` fail: send each once.',
  32: 'ovsdb-server, ovs-vswitchd, ovn-controller restarted; conf.db wiped.',
  33: 'VM rebooted: OVS rows without their veths.',
  34: 'A veth that vanishes under the netdev datapath.',
  35: 'Two ids with the same first 11 characters (interface names are 15).',
  36: 'UDP and TCP payloads, not only ping (checksum offload under the userspace datapath).',
  37: 'IPv6 with DAD; container ↔ its own VM; two containers of one VM on one network (hairpin through the hypervisor).',
  41: 'Bob may not use Alice’s vif-id, trunk, network or port, by either way to tell parent and tag.',
  42: 'Containers of two tenants with the same subnet and address on one hypervisor never meet.',
};

/** Parts of scenarios that are not shown, and why. */
const limits: Readonly<Record<number, string>> = {
  21: 'Thirty containers in CI, because a hundred take 3 min on two shared cores, nearly all of it Docker’s own work: `BOOT_CONTAINERS=100` runs the hundred.',
  6: 'Neutron refuses to delete a trunk’s parent port (409), and embedded-neutron one that others are nested under by their bindings, so that part is the refusal. The move is that of the VIF from one hypervisor to another; memory is not migrated, because the VMs are namespaces.',
  2: 'With embedded-neutron only: a real Neutron takes 20 minutes for 4,094 ports.',
  14: 'Away for as long as the test lasts, not for an hour: what is kept is in memory and in the VM’s switch, and no timer ends it.',
  9: 'Tokens that really expire are shown with a real Keystone (`npm run test:openstack`); elsewhere the proxy answers 401 in their place.',
  33: 'The VMs are namespaces: all processes are killed, and mounts, veth pairs and the contents of /run are removed; the kernel itself does not boot again.',
  36: 'Only the userspace datapath (`datapath_type=netdev`): this kernel has no openvswitch module, so checksum offload with the kernel’s own datapath is not seen.',
};

/** Scenarios that have no test at all; each has its reason in the page. */
export const untested: readonly number[] = [];

interface ScenarioTest {
  readonly title: string;
  readonly file: string;
}

/** String literals that a test's or a block's title is: `scenario N: …`, for several numbers `scenario N, scenario M: …`. */
const TITLE =
  /(?:it|describe)(?:\.runIf\(.*\))?\(\s*'((?:scenario \d+, )*scenario \d+: (?:[^'\\]|\\.)*)'|^\s*\]\)\(\s*'((?:scenario \d+, )*scenario \d+: (?:[^'\\]|\\.)*)'/gm;

/** Tests by the number of their scenario, as their titles say. */
export function collectScenarioTests(): Map<number, ScenarioTest[]> {
  const found = new Map<number, ScenarioTest[]>();
  for (const folder of ['test/system', 'test/openstack', 'test/faults']) {
    for (const name of readdirSync(join(repository, folder), {
      encoding: 'utf8',
      recursive: true,
    }).toSorted()) {
      if (!name.endsWith('.test.ts')) continue;
      const file = `${folder}/${name}`;
      for (const [, plain, each] of readFileSync(join(repository, file), 'utf8').matchAll(TITLE)) {
        const title = plain ?? each ?? '';
        for (const [, number] of title.split(': ')[0]?.matchAll(/scenario (\d+)/g) ?? []) {
          found.set(Number(number), [...(found.get(Number(number)) ?? []), { title, file }]);
        }
      }
    }
  }
  return found;
}

/** docs/scenarios.md as the titles have it. */
export function renderScenarioDoc(tests: ReadonlyMap<number, readonly ScenarioTest[]>): string {
  const bare = (title: string) =>
    title.replace(/^(?:scenario \d+, )*scenario \d+: /, '').replaceAll('|', '\\|');
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

Each number is a scenario that containers, networks and Neutron's books come through: no VLAN handed out twice, no port, veth, row of Open
vSwitch or address left behind for good, no container cut off. Its tests carry the number in their titles, and this page is written from
them by \`npm run docs:scenarios\`. kill -9 of the agent at every stage, up and down, is in
[test/faults/crash-points.test.ts](../test/faults/crash-points.test.ts); where port-binding mode differs, and where a warm NIC is claimed or comes back, in
[crash-points-elsewhere.test.ts](../test/faults/crash-points-elsewhere.test.ts). Calls of Neutron's that are delayed, cut, carried out twice or
refused: of ports, subports and tokens in [api-faults.test.ts](../test/faults/api-faults.test.ts), of networks and subnets (and kill -9 in the middle of
them) in [network-faults.test.ts](../test/faults/network-faults.test.ts), of the trunk in
[trunk-faults.test.ts](../test/faults/trunk-faults.test.ts). Random interleavings of all of it are in
[test/faults/model.test.ts](../test/faults/model.test.ts).

${sections.join('\n')}`;
}

/** Where the page is. */
export const scenarioDoc = join(repository, 'docs', 'scenarios.md');
