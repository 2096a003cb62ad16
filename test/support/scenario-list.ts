import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const repository = resolve(import.meta.dirname, '../..');

/** What must be survived, by number: the contract that system and fault tests are named after. */
export const scenarios: Readonly<Record<number, string>> = {
  1: 'Concurrent creates, from several clients: no VLAN twice.',
  2: 'VLANs 1 to 4094 and no other; the next one gets a clear error at once; released ones come back.',
  3: 'Another actor already holds a tag on the trunk: the next one is taken.',
  4: 'A tag is free only after the subport is confirmed gone.',
  5: 'Two agents on one VM: one works, one waits.',
  6: 'Parent port deleted, trunk deleted, VM moved to another hypervisor, while containers run.',
  7: 'POST timed out but was carried out: found again, not made twice.',
  8: '409 has many meanings: branch on `NeutronError.type`.',
  9: 'Quota reached in the middle of a bulk; 500; 503; 401 when a token expires; 429.',
  10: '`remove_subports` is 404 for the whole batch if one is already gone.',
  11: 'A subnet without addresses left must not stall other networks.',
  12: 'A port deleted or changed by others while pooled or in use.',
  13: '`device_id` must not be set before `add_subports`.',
  14: 'Neutron away: deletes succeed locally and are finished later; attaches from the warm pool work.',
  15: 'No bulk POST on a network with a SLAAC subnet.',
  16: 'DeleteEndpoint never comes; only ReleaseAddress does.',
  17: 'CreateEndpoint or Join twice; a retry with an empty body.',
  18: 'RequestAddress without a CreateEndpoint: the claim expires.',
  19: 'Join succeeded but dockerd rolls back; Leave before Join.',
  20: 'dockerd killed, with and without live-restore; host rebooted; agent started long after dockerd.',
  21: '100 containers with restart policy at boot, plugin late.',
  22: '`network connect` of a second network, `disconnect -f`, overlapping CIDRs, `--ip`, `--ip6`, `--mac-address`.',
  23: 'Dual stack: each container gets both addresses of one port.',
  24: 'Network removed while the pool holds NICs on it.',
  25: 'The client hangs up in the middle of a call; a handler never calls the Docker API.',
  26: 'The same static routes on two networks of one container: each is sent once.',
  32: 'ovsdb-server, ovs-vswitchd, ovn-controller restarted; conf.db wiped.',
  33: 'VM rebooted: OVS rows without their veths.',
  34: 'A veth that vanishes under the netdev datapath.',
  35: 'Two ids with the same first 11 characters.',
  36: 'UDP and TCP payloads, not only ping.',
  37: 'IPv6 with DAD; a container and its own VM; two containers of one VM on one network.',
  41: 'Bob may not use Alice’s vif-id, trunk, network or port, by either way to tell parent and tag.',
  42: 'Containers of two tenants with the same subnet and address on one hypervisor never meet.',
};

/** Parts of scenarios that are not shown, and why. */
const limits: Readonly<Record<number, string>> = {
  20: 'live-restore: after dockerd is killed with it, the containers’ pings are not answered in the lab, and the cause is not found yet.',
  21: 'No test yet: dockerd with 100 containers is not up in the 30 s that the lab gives it on two shared cores. Seen and mended: the agent waited for a dockerd that waited for the agent.',
  6: 'Neutron itself refuses to delete a parent port (409), so that part is the refusal. The move is that of the VIF from one hypervisor to another; memory is not migrated, because the VMs are namespaces.',
  2: 'With embedded-neutron only: a real Neutron takes 20 minutes for 4,094 ports.',
  14: 'Away for as long as the test lasts, not for an hour: what is kept is in memory and in the VM’s switch, and no timer ends it.',
  9: 'Tokens that really expire are shown with a real Keystone (`npm run test:openstack`); elsewhere the proxy answers 401 in their place.',
  33: 'The VMs are namespaces: all processes are killed, and mounts, veth pairs and the contents of /run are removed; the kernel itself does not boot again.',
  36: 'Only the userspace datapath (`datapath_type=netdev`): this kernel has no openvswitch module, so checksum offload with the kernel’s own datapath is not seen.',
};

/** Scenarios that have no test at all; each has its reason in the page. */
export const untested: readonly number[] = [21];

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
    for (const name of readdirSync(join(repository, folder)).toSorted()) {
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
[test/faults/crash-points.test.ts](../test/faults/crash-points.test.ts), every fault at every call of Neutron's in
[test/faults/api-faults.test.ts](../test/faults/api-faults.test.ts), and random interleavings of all of it in
[test/faults/model.test.ts](../test/faults/model.test.ts).

${sections.join('\n')}`;
}

/** Where the page is. */
export const scenarioDoc = join(repository, 'docs', 'scenarios.md');
