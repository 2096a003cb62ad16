import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { launchDockerd, openLab, pluggedNics, startAgent, waitFor } from '@ovn-docker/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addProgram } from '../../../scripts/package/program-files.ts';
import { Tree } from '../../../scripts/package/tree.ts';
import { Api, type Resource } from '../../support/api.ts';
import { Pinger } from '../../support/pinger.ts';
import { stopNeutron } from '../../support/stop-neutron.ts';
import { leavesNoTraces } from '../../support/traces.ts';
import { Vm } from '../../support/vm.ts';
import { LAB } from '../raise-lab.ts';

const lab = openLab(LAB);
const a = new Vm(lab, 'vm-a');
const b = new Vm(lab, 'vm-b');
const NETWORK = 'restart';
let api: Api;
let network: Resource;

beforeAll(async () => {
  api = await Api.login(lab, 'alice');
  network = await api.createNetwork(NETWORK, '10.140.0.0/24');
});
afterAll(() => api.delete('network', network.id));

/** Starts a container of each kind in one VM and a container in another, all on one network. */
async function raiseContainers(vm = a, other = b) {
  const [none, driver, peer] = await Promise.all([
    vm.run(NETWORK, '--net=none'),
    vm.run(NETWORK),
    other.run(NETWORK, '--net=none'),
  ]);
  const peerAddress = (await other.address(peer)) ?? '';
  const reach = () =>
    Promise.all([none, driver].map((id) => waitFor('an answer', () => vm.pings(id, peerAddress), 15_000)));
  await reach();
  return { none, driver, peer, peerAddress, reach };
}

/** Removes all containers and the Docker network that `ovn-docker run` created. */
async function tidy(): Promise<void> {
  for (const vm of [a, b]) {
    await vm.cleanUp();
    await vm.removeNetworks(`name=${NETWORK}`);
  }
}

const ports = () => api.list('port', `network_id=${network.id}`);

/**
 * Installs VM-A's `ovn-docker` as another version with the same code, at another path, as a package manager
 * does. `install` returns the path of the bundle; without a version it installs the lab's own bundle again.
 */
function versionInstaller(): { install(version?: string): Promise<string> } {
  const program = join(a.machine.places.data, 'bin', 'ovn-docker');
  const own = readFileSync(program, 'utf8');
  const bundle = /"([^"]+\/ovn-docker\.js)"/.exec(own)?.[1] ?? '';
  return {
    install: async (version) => {
      let path = bundle;
      if (version !== undefined) {
        const tree = new Tree(join(a.machine.places.data, 'versions', version));
        await addProgram(tree, 'ovn-docker', '', version);
        path = join(tree.folder, 'dist', 'ovn-docker.js');
      }
      writeFileSync(program, own.replace(bundle, path));
      return path;
    },
  };
}

// Restarts of a real Keystone and Neutron are tested in test/openstack/restarts.test.ts.
describe.runIf(lab.state.apiKind === 'embedded')('embedded-neutron', () => {
  leavesNoTraces(lab);

  it('after a restart, every answer is the same and containers still reach each other', async () => {
    const containers = await raiseContainers();
    const parent = await api.create('port', { network_id: network.id });
    const trunk = await api.create('trunk', { port_id: parent.id });
    const group = await api.create('security_group', { name: NETWORK });
    const collections = ['networks', 'subnets', 'ports', 'trunks', 'security-groups', 'security-group-rules'];
    const everything = () =>
      api.callAll([...collections, 'extensions'].map((path) => ['GET', path] as const));
    try {
      const before = await everything();
      expect(before.map(({ status }) => status)).toEqual(before.map(() => 200));
      const start = await stopNeutron(lab);
      await containers.reach();
      await start();
      expect(await everything()).toEqual(before);
      await containers.reach();
    } finally {
      await api.delete('security_group', group.id);
      await api.delete('trunk', trunk.id);
      await api.delete('port', parent.id);
      await tidy();
    }
  });
});

describe('the agent', () => {
  leavesNoTraces(lab);

  it('is killed: containers keep working; the next agent knows their NICs, and docker rm leaves nothing', async () => {
    try {
      const containers = await raiseContainers();
      const before = await pluggedNics(lab, 'vm-a');
      await a.machine.stop('agent', 'KILL');
      await containers.reach();
      await startAgent(a.machine);
      await containers.reach();
      expect(await pluggedNics(lab, 'vm-a')).toEqual(before);
      await a.remove(containers.none, containers.driver);
      await waitFor('the ports of VM-A to be deleted', async () => (await ports()).length === 1);
    } finally {
      await tidy();
    }
  });

  it('is upgraded and downgraded: the other version takes over the NICs, and containers lose no ping', async () => {
    const program = versionInstaller();
    try {
      const { none, driver, peerAddress } = await raiseContainers();
      const pingers = [];
      for (const id of [none, driver]) pingers.push(await Pinger.start(a, id, peerAddress));
      const before = await pluggedNics(lab, 'vm-a');
      for (const version of ['99.0.0', '0.0.1', undefined]) {
        const bundle = await program.install(version);
        if (version) expect((await a.ovnDocker(['--version'])).stdout.trim()).toBe(version);
        await a.restartAgent();
        const commandLine = await a.machine.must([
          'sh',
          '-c',
          'tr "\\0" " " < /proc/$(cat /run/agent.pid)/cmdline',
        ]);
        expect(commandLine).toContain(bundle);
        expect(await pluggedNics(lab, 'vm-a')).toEqual(before);
        const id = await a.run(NETWORK);
        await waitFor('an answer', () => a.pings(id, peerAddress));
        await a.remove(id);
      }
      const counts = await Promise.all(pingers.map((pinger) => pinger.count()));
      expect(counts.flatMap(({ lost }) => lost)).toEqual([]);
      await a.remove(none, driver);
      await waitFor('the ports of VM-A to be deleted', async () => (await ports()).length === 1);
    } finally {
      await program.install();
      await a.restartAgent();
      await tidy();
    }
  });

  it('scenario 5: a second agent waits for the first, and takes over when the first is killed', async () => {
    const { machine } = a;
    await machine.start('agent2', ['ovn-docker', 'agent']);
    try {
      await a.run(NETWORK, '--net=none');
      expect(machine.log('agent2')).not.toContain('agent ready');
      await machine.stop('agent', 'KILL');
      await machine.waitForLog('agent2', 'agent ready');
      await a.run(NETWORK, '--net=none');
    } finally {
      await tidy();
      await machine.stop('agent2');
      await startAgent(machine);
    }
  });
});

describe('dockerd', () => {
  leavesNoTraces(lab);

  it('is restarted: containers that start again are on the network as before', async () => {
    try {
      // In VM-B, where the main job left only a container that keeps its port over a restart.
      const { none, driver, reach } = await raiseContainers(b, a);
      const address = await b.address(none);
      const others = (await b.docker('ps', '--quiet')).split('\n');
      await b.machine.stop('dockerd');
      await launchDockerd(b.machine);
      await b.docker('start', ...others);
      await waitFor('eth0', async () => (await b.address(none)) === address);
      expect(await b.address(driver)).toBeDefined();
      await reach();
    } finally {
      await tidy();
    }
  });
});
