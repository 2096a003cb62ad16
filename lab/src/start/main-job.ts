import type { Lab } from '../lab.ts';
import { waitFor } from '../machine/process.ts';
import { type MachineName, management } from '../topology.ts';
import {
  check,
  checkNoPing,
  checkPing,
  checkTcp,
  containerPlace,
  machinePlace,
  type Place,
} from './checks.ts';
import { logicalPort, type PluggedNic, pluggedNics } from './facts.ts';
import { type MadeNetwork, noteNetworks, RUN_LABEL } from './leftovers.ts';
import type { Report } from './report.ts';
import { checkUntagged } from './untagged.ts';

/** The source document's own container: it says hello once a second, for ever. */
const HELLO = ['/bin/sh', '-c', 'while true; do echo hello world; sleep 1; done'];
const IMAGE = 'busybox:local';

interface Container extends Place {
  readonly id: string;
  readonly vm: MachineName;
  readonly nic: PluggedNic;
}

/** The main job of the source document, step by step, each with a check that can fail. */
export async function mainJob(lab: Lab, report: Report): Promise<void> {
  const { tokens, vifIds } = { tokens: new Map<string, string>(), vifIds: new Map<string, string>() };
  const containers = {} as Record<'a' | 'b' | 'c' | 'management' | 'driver', Container>;
  const made: MadeNetwork[] = [];
  let cidr = '';
  let network = '';

  // The real metadata service asks Nova, which the lab has not.
  const ways = lab.state.cloud === 'embedded' ? ['metadata', 'neutron'] : ['neutron'];
  await report.step('tenants get tokens and find the vif-ids of their VMs', async () => {
    for (const vm of ['vm-a', 'vm-b', 'vm-c'] as const) {
      const machine = lab.machine(vm);
      tokens.set(vm, (await machine.must(['ovn-docker', 'token'])).trim());
      const portId = lab.state.vms[vm]?.portId ?? '';
      for (const way of ways) {
        const found = (await machine.must(['ovn-docker', 'vif-id', '--by', way])).trim();
        check(found === portId, `${vm}: the vif-id by ${way} is ${found}, its port is ${portId}`);
      }
      vifIds.set(vm, portId);
    }
    return `in each VM, ${ways.join(' and ')} give the id of its own port`;
  });

  /** `ovn-docker --cred=TOKEN …` in a VM, as its tenant. */
  const ovnDocker = (vm: MachineName, args: string[]) =>
    lab.machine(vm).must(['ovn-docker', `--cred=${tokens.get(vm)}`, ...args]);

  const runContainer = async (vm: MachineName, on: string, mode: 'none' | 'driver'): Promise<Container> => {
    const before = new Set((await pluggedNics(lab, vm)).map(({ portId }) => portId));
    const none = mode === 'none' ? ['--net=none'] : [];
    const global = [`--vif-id=${vifIds.get(vm)}`, `--network=${on}`];
    const output = await ovnDocker(vm, [
      ...global,
      'run',
      '-d',
      ...none,
      '--label',
      RUN_LABEL,
      IMAGE,
      ...HELLO,
    ]);
    const id = output.trim().split('\n').at(-1) ?? '';
    const nic = (await pluggedNics(lab, vm)).find(({ portId }) => !before.has(portId));
    check(nic !== undefined, `${vm}: no new port in its Open vSwitch`);
    const place = containerPlace(lab.machine(vm), id, '');
    const { stdout } = await place.run(['ip', '-o', '-4', 'addr', 'show', 'dev', 'eth0']);
    const address = /inet ([\d.]+)\//.exec(stdout)?.[1];
    check(address !== undefined, `${vm}: the container has no eth0 with an address: ${stdout}`);
    const link = await place.run(['ip', '-o', 'link', 'show', 'dev', 'eth0']);
    check(link.stdout.includes(nic.mac), `${vm}: eth0 has not the MAC address of its port, ${nic.mac}`);
    return { ...place, name: `${id.slice(0, 12)} in ${vm}`, address, id, vm, nic };
  };

  /** `create network` under the source document's name; a user of this lab may have taken it, then under the next. */
  const createNetwork = async (vm: MachineName, ...options: string[]) => {
    const rows = JSON.parse(await ovnDocker(vm, ['list', 'networks', '--json'])) as { name: string }[];
    const taken = rows.map((row) => row.name);
    const name =
      Array.from({ length: taken.length + 1 }, (_, i) => `LS${i + 1}`).find((ls) => !taken.includes(ls)) ??
      '';
    const output = await ovnDocker(vm, ['create', 'network', name, ...options, '--json']);
    const { id, subnet } = JSON.parse(output) as { id: string; subnet: string };
    made.push({ id, vm });
    noteNetworks(lab, made);
    return { name, cidr: subnet };
  };

  await report.step('alice in VM-A: ovn-docker --cred=TOKEN create network LS1', async () => {
    ({ name: network, cidr } = await createNetwork('vm-a'));
    return `network ${network} has the free private subnet ${cidr}`;
  });

  await report.step('alice in VM-A: ovn-docker --cred=TOKEN list networks', async () => {
    const table = await ovnDocker('vm-a', ['list', 'networks']);
    for (const name of [network, management.name])
      check(table.includes(name), `${name} is not in the list:\n${table}`);
    check(table.includes(cidr), `${cidr} is not in the list:\n${table}`);
    return `${network} and ${management.name} are in the list`;
  });

  await report.step(`alice in VM-A: ovn-docker --network=LS1 run -d --net=none … hello world`, async () => {
    containers.a = await runContainer('vm-a', network, 'none');
    const { address, nic, id } = containers.a;
    const logs = await lab.machine('vm-a').must(['docker', 'logs', id]);
    check(logs.includes('hello world'), 'the container does not say hello world');
    return `eth0 ${address} ${nic.mac} on VLAN ${nic.vlan}; it says hello world`;
  });

  await report.step('alice in VM-B: the same on LS1', async () => {
    containers.b = await runContainer('vm-b', network, 'none');
    return `eth0 ${containers.b.address} on VLAN ${containers.b.nic.vlan}`;
  });

  await report.step(`alice in VM-A: the same without --net=none, through the libnetwork driver`, async () => {
    containers.driver = await runContainer('vm-a', network, 'driver');
    const { id, address } = containers.driver;
    // The first instruction of a second container of this kind already sees eth0.
    const early = await ovnDocker('vm-a', [
      `--network=${network}`,
      'run',
      '--rm',
      IMAGE,
      'ip',
      '-o',
      '-4',
      'addr',
      'show',
      'dev',
      'eth0',
    ]);
    check(early.includes('inet '), `eth0 was not there before the first instruction: ${early}`);
    const networks = await lab
      .machine('vm-a')
      .must(['docker', 'inspect', '--format', '{{json .NetworkSettings.Networks}}', id]);
    check(networks.includes(address), 'Docker does not know the address');
    return `eth0 ${address}; it is there before the first instruction`;
  });

  await report.step(`bob in VM-C: a network of his own with the same subnet, and a container`, async () => {
    const { name } = await createNetwork('vm-c', '--subnet', cidr);
    containers.c = await runContainer('vm-c', name, 'none');
    const taken = [containers.a, containers.b, containers.driver].map(({ address }) => address);
    // An address that alice has too would answer alice's ping itself: bob needs one of his own for the check to mean anything.
    for (let more = 0; taken.includes(containers.c.address) && more < 4; more++) {
      const former = containers.c;
      containers.c = await runContainer('vm-c', name, 'none');
      // It would answer in alice's place.
      await lab.machine('vm-c').must(['docker', 'rm', '--force', former.id]);
      await checkFree(lab, former);
    }
    check(!taken.includes(containers.c.address), 'no address that only bob has');
    return `eth0 ${containers.c.address} in ${cidr} as well`;
  });

  await report.step(`alice in VM-A: a container on the management network`, async () => {
    containers.management = await runContainer('vm-a', management.name, 'none');
    return `eth0 ${containers.management.address}`;
  });

  const { a, b, c, driver } = containers;
  const vmA = machinePlace(lab.machine('vm-a'), lab.state.vms['vm-a']?.address ?? '');
  const vmB = machinePlace(lab.machine('vm-b'), lab.state.vms['vm-b']?.address ?? '');
  const phys = machinePlace(lab.machine('phys'), management.phys);

  await report.step('containers of VM-A and VM-B: ping and a TCP payload, both ways', async () => {
    for (const [from, to] of [
      [a, b],
      [b, a],
      [driver, b],
      [b, driver],
      [a, driver],
    ] as const) {
      await checkPing(from, to);
      await checkTcp(from, to);
    }
    return `${a.address}, ${b.address} and ${driver.address} reach each other; 1 MB arrives whole`;
  });

  await report.step('management network: container, VM and physical machine', async () => {
    const inside = containers.management;
    for (const [from, to] of [
      [inside, vmA],
      [inside, vmB],
      [inside, phys],
      [vmB, inside],
      [phys, inside],
    ] as const) {
      await checkPing(from, to);
      await checkTcp(from, to);
    }
    return `${inside.address} reaches VM-A, VM-B and ${phys.address}, and VM-B and ${phys.address} reach it`;
  });

  await report.step('bob’s container is unreachable, and reaches nobody', async () => {
    for (const from of [a, b]) await checkNoPing(from, c);
    for (const to of [a, b]) if (to.address !== c.address) await checkNoPing(c, to);
    return `no answer from ${c.address} to alice, none from alice to bob`;
  });

  await report.step('VLAN tags: Open vSwitch in the VM and OVN Northbound agree', async () => {
    for (const { vm, nic } of Object.values(containers)) {
      const port = await logicalPort(lab, nic.portId);
      check(nic.vlanMode === 'access', `${vm} ${nic.interfaceName}: vlan_mode is ${nic.vlanMode}`);
      check(port?.parent === vifIds.get(vm), `${vm}: parent_name ${port?.parent} is not the VM's port`);
      check(
        port?.tag !== undefined && port.tag === nic.vlan,
        `${vm}: tag ${port?.tag} in NB, ${nic.vlan} in the VM`,
      );
    }
    return `${Object.keys(containers).length} access ports have the tag and the parent of their logical port`;
  });

  await report.step('frames leave the hypervisor untagged', () => checkUntagged(lab, a, b));

  await report.step('bob may not use alice’s vif-id', async () => {
    const before = await pluggedNics(lab, 'vm-c');
    const command = [
      'ovn-docker',
      `--cred=${tokens.get('vm-c')}`,
      `--vif-id=${vifIds.get('vm-a')}`,
      `--network=${network}`,
    ];
    const refused = await lab.machine('vm-c').run([...command, 'run', '-d', '--net=none', IMAGE, ...HELLO]);
    check(refused.code !== 0, 'bob was allowed to use alice’s vif-id');
    check(refused.stderr.includes('E_VIF_UNKNOWN'), `the refusal does not say why: ${refused.stderr}`);
    check((await pluggedNics(lab, 'vm-c')).length === before.length, 'the refusal left something behind');
    return 'refused with E_VIF_UNKNOWN; nothing was left behind';
  });

  await report.step(
    'docker rm: the NIC is warm again; pool drain: port, row, veth and VLAN are gone',
    async () => {
      const gone: Container[] = [];
      for (const mode of ['none', 'driver'] as const) {
        const container = await runContainer('vm-b', network, mode);
        await lab.machine('vm-b').must(['docker', 'rm', '--force', container.id]);
        await checkFree(lab, container);
        gone.push(container);
      }
      await lab.machine('vm-b').must(['ovn-docker', 'pool', 'drain', network]);
      for (const container of gone) await checkGone(lab, container);
      return 'for --net=none and for the driver; the other containers run on';
    },
  );
}

/** With --net=none Docker tells nobody; the agent follows its events, so the end is waited for. */
async function checkFree(lab: Lab, { vm, nic }: Container): Promise<void> {
  await waitFor(`${nic.interfaceName} to be nobody's`, async () =>
    (await pluggedNics(lab, vm)).every(({ portId }) => portId !== nic.portId),
  );
}

async function checkGone(lab: Lab, { vm, nic }: Container): Promise<void> {
  const machine = lab.machine(vm);
  await waitFor(`the end of logical port ${nic.portId}`, async () => !(await logicalPort(lab, nic.portId)));
  const switchPorts = (await machine.must(['ovs-vsctl', 'list-ports', 'br0'])).split('\n');
  check(!switchPorts.includes(nic.interfaceName), `${vm}: ${nic.interfaceName} is still in its Open vSwitch`);
  using netlink = machine.netlink();
  check(netlink.link(nic.interfaceName) === undefined, `${vm}: ${nic.interfaceName} is still there`);
  const { nics } = JSON.parse(await machine.must(['ovn-docker', 'status', '--json'])) as {
    nics: { vlan?: number }[];
  };
  check(!nics.some(({ vlan }) => vlan === nic.vlan), `${vm}: VLAN ${nic.vlan} is still in use`);
}
