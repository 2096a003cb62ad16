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
import { type CreatedNetwork, RUN_LABEL, storeNetworks } from './leftovers.ts';
import type { Report } from './report.ts';
import { checkUntagged } from './untagged.ts';

/** The source document's own container: it prints a line once a second. */
const HELLO = ['/bin/sh', '-c', 'while true; do echo hello world; sleep 1; done'];
const IMAGE = 'busybox:local';

interface Container extends Place {
  readonly id: string;
  readonly vm: MachineName;
  readonly nic: PluggedNic;
}

/** Does the main job of the source document step by step and verifies each step. */
export async function mainJob(lab: Lab, report: Report): Promise<void> {
  const { tokens, vifIds } = { tokens: new Map<string, string>(), vifIds: new Map<string, string>() };
  const containers = {} as Record<'a' | 'b' | 'c' | 'management' | 'driver', Container>;
  const created: CreatedNetwork[] = [];
  let cidr = '';
  let network = '';

  // The real metadata service needs Nova, which the lab lacks.
  const ways = lab.state.apiKind === 'embedded' ? ['metadata', 'neutron'] : ['neutron'];
  await report.step('tenants get tokens and find the vif-ids of their VMs', async () => {
    for (const vm of ['vm-a', 'vm-b', 'vm-c'] as const) {
      const machine = lab.machine(vm);
      tokens.set(vm, (await machine.must(['ovn-docker', 'token'])).trim());
      const portId = lab.state.vms[vm]?.portId ?? '';
      for (const way of ways) {
        const vifId = (await machine.must(['ovn-docker', 'vif-id', '--by', way])).trim();
        check(vifId === portId, `${vm}: the vif-id by ${way} is ${vifId}, its port is ${portId}`);
      }
      vifIds.set(vm, portId);
    }
    return `in each VM, the vif-id by ${ways.join(' and ')} is the id of its own port`;
  });

  /** Runs `ovn-docker --cred=TOKEN …` in a VM, as its tenant. */
  const ovnDocker = (vm: MachineName, args: string[]) =>
    lab.machine(vm).must(['ovn-docker', `--cred=${tokens.get(vm)}`, ...args]);

  /** Runs a container with `--net=none` or through the libnetwork driver, and finds its NIC. */
  const runContainer = async (
    vm: MachineName,
    networkName: string,
    mode: 'none' | 'driver',
  ): Promise<Container> => {
    const before = new Set((await pluggedNics(lab, vm)).map(({ portId }) => portId));
    const none = mode === 'none' ? ['--net=none'] : [];
    const global = [`--vif-id=${vifIds.get(vm)}`, `--network=${networkName}`];
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
    check(nic !== undefined, `${vm}: its Open vSwitch has no new port`);
    const place = containerPlace(lab.machine(vm), id, '');
    const { stdout } = await place.run(['ip', '-o', '-4', 'addr', 'show', 'dev', 'eth0']);
    const address = /inet ([\d.]+)\//.exec(stdout)?.[1];
    check(address !== undefined, `${vm}: the container has no eth0 with an address: ${stdout}`);
    const link = await place.run(['ip', '-o', 'link', 'show', 'dev', 'eth0']);
    check(link.stdout.includes(nic.mac), `${vm}: eth0 does not have the MAC address of its port, ${nic.mac}`);
    return { ...place, name: `${id.slice(0, 12)} in ${vm}`, address, id, vm, nic };
  };

  /**
   * Creates a network with the source document's name LS1, or the next one if the user of this lab has taken
   * it.
   */
  const createNetwork = async (vm: MachineName, ...options: string[]) => {
    const rows = JSON.parse(await ovnDocker(vm, ['list', 'networks', '--json'])) as { name: string }[];
    const existing = rows.map((row) => row.name);
    const name =
      Array.from({ length: existing.length + 1 }, (_, i) => `LS${i + 1}`).find(
        (ls) => !existing.includes(ls),
      ) ?? '';
    const output = await ovnDocker(vm, ['create', 'network', name, ...options, '--json']);
    const { id, subnet } = JSON.parse(output) as { id: string; subnet: string };
    created.push({ id, vm });
    storeNetworks(lab, created);
    return { name, cidr: subnet };
  };

  await report.step('alice in VM-A: ovn-docker --cred=TOKEN create network', async () => {
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

  await report.step(
    `alice in VM-A: ovn-docker --network=${network} run -d --net=none … hello world`,
    async () => {
      containers.a = await runContainer('vm-a', network, 'none');
      const { address, nic, id } = containers.a;
      const logs = await lab.machine('vm-a').must(['docker', 'logs', id]);
      check(logs.includes('hello world'), 'the container does not print hello world');
      return `eth0 ${address} ${nic.mac} on VLAN ${nic.vlan}; it prints hello world`;
    },
  );

  await report.step(`alice in VM-B: the same on ${network}`, async () => {
    containers.b = await runContainer('vm-b', network, 'none');
    return `eth0 ${containers.b.address} on VLAN ${containers.b.nic.vlan}`;
  });

  await report.step(`alice in VM-A: the same without --net=none, through the libnetwork driver`, async () => {
    containers.driver = await runContainer('vm-a', network, 'driver');
    const { id, address } = containers.driver;
    // The first instruction of such a container must already see eth0.
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
    check(early.includes('inet '), `eth0 did not exist before the first instruction: ${early}`);
    const networks = await lab
      .machine('vm-a')
      .must(['docker', 'inspect', '--format', '{{json .NetworkSettings.Networks}}', id]);
    check(networks.includes(address), 'Docker does not know the address');
    return `eth0 ${address}; it exists before the first instruction`;
  });

  await report.step(`bob in VM-C: another network with the same subnet, and a container`, async () => {
    const { name } = await createNetwork('vm-c', '--subnet', cidr);
    containers.c = await runContainer('vm-c', name, 'none');
    const alicesAddresses = [containers.a, containers.b, containers.driver].map(({ address }) => address);
    // For the isolation check bob's address must differ from those of alice's containers.
    for (let more = 0; alicesAddresses.includes(containers.c.address) && more < 4; more++) {
      const former = containers.c;
      containers.c = await runContainer('vm-c', name, 'none');
      // The former container would answer bob's pings to alice's address.
      await lab.machine('vm-c').must(['docker', 'rm', '--force', former.id]);
      await checkFree(lab, former);
    }
    check(
      !alicesAddresses.includes(containers.c.address),
      'the address of bob’s container belongs to a container of alice too',
    );
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

  await report.step('containers of VM-A and VM-B: ping and a TCP payload in both directions', async () => {
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
    return `${a.address}, ${b.address} and ${driver.address} reach each other; 1 MB arrives undamaged`;
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

  await report.step('bob’s container and alice’s containers do not reach each other', async () => {
    for (const from of [a, b]) await checkNoPing(from, c);
    for (const to of [a, b]) if (to.address !== c.address) await checkNoPing(c, to);
    return `${c.address} does not answer alice, and alice’s containers do not answer bob`;
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
    check((await pluggedNics(lab, 'vm-c')).length === before.length, 'the refused run left a NIC behind');
    return 'refused with E_VIF_UNKNOWN; no NIC was left behind';
  });

  await report.step(
    'docker rm makes the NIC warm; pool drain deletes its port, row, veth pair and VLAN',
    async () => {
      const removed: Container[] = [];
      for (const mode of ['none', 'driver'] as const) {
        const container = await runContainer('vm-b', network, mode);
        await lab.machine('vm-b').must(['docker', 'rm', '--force', container.id]);
        await checkFree(lab, container);
        removed.push(container);
      }
      await lab.machine('vm-b').must(['ovn-docker', 'pool', 'drain', network]);
      for (const container of removed) await checkGone(lab, container);
      return 'for --net=none and for the driver; the other containers keep running';
    },
  );
}

/**
 * Waits until the NIC has no claim: with --net=none the agent learns of the container's end by Docker's
 * events.
 */
async function checkFree(lab: Lab, { vm, nic }: Container): Promise<void> {
  await waitFor(`the end of the claim on ${nic.interfaceName}`, async () =>
    (await pluggedNics(lab, vm)).every(({ portId }) => portId !== nic.portId),
  );
}

/** Waits until the logical port is deleted, and requires that nothing of the NIC is left in the VM. */
async function checkGone(lab: Lab, { vm, nic }: Container): Promise<void> {
  const machine = lab.machine(vm);
  await waitFor(`the end of logical port ${nic.portId}`, async () => !(await logicalPort(lab, nic.portId)));
  const switchPorts = (await machine.must(['ovs-vsctl', 'list-ports', 'br0'])).split('\n');
  check(!switchPorts.includes(nic.interfaceName), `${vm}: ${nic.interfaceName} is still in its Open vSwitch`);
  using netlink = machine.netlink();
  check(netlink.link(nic.interfaceName) === undefined, `${vm}: ${nic.interfaceName} still exists`);
  const { nics } = JSON.parse(await machine.must(['ovn-docker', 'status', '--json'])) as {
    nics: { vlan?: number }[];
  };
  check(!nics.some(({ vlan }) => vlan === nic.vlan), `${vm}: VLAN ${nic.vlan} is still in use`);
}
