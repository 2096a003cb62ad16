import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { launchDockerd, openLab, pluggedNics, startAgent, waitFor } from '@ovn-docker/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

/** One container of each kind in a VM and one in another, all on one network. */
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

/** Removes all containers and the Docker network that `ovn-docker run` made. */
async function tidy(): Promise<void> {
  for (const vm of [a, b]) {
    await vm.cleanUp();
    await vm.removeNetworks(`name=${NETWORK}`);
  }
}

const ports = () => api.list('port', `network_id=${network.id}`);

/**
 * Lets VM-A's `ovn-docker` be the same code under another version, from another path, as a package manager would install it.
 * `install` returns the path of its bundle; without a version it is the lab's own again.
 */
function installOthers(): { install(version?: string): string } {
  const program = join(a.machine.places.data, 'bin', 'ovn-docker');
  const own = readFileSync(program, 'utf8');
  const bundle = /"([^"]+\/ovn-docker\.js)"/.exec(own)?.[1] ?? '';
  return {
    install: (version) => {
      const path = version === undefined ? bundle : join(a.machine.places.data, `ovn-docker-${version}.js`);
      if (version !== undefined) {
        const named = /(name: "ovn-docker",\s+version: )"[^"]+"/;
        writeFileSync(path, readFileSync(bundle, 'utf8').replace(named, `$1"${version}"`));
      }
      writeFileSync(program, own.replace(bundle, path));
      return path;
    },
  };
}

// What becomes of a real Keystone and Neutron is in test/openstack/restarts.test.ts.
describe.runIf(lab.state.cloud === 'embedded')('embedded-neutron', () => {
  leavesNoTraces(lab);

  it('restarted: every answer is the same, and containers still reach each other', async () => {
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

  it('killed: containers go on; started again it knows what is there, and docker rm leaves nothing', async () => {
    try {
      const containers = await raiseContainers();
      const before = await pluggedNics(lab, 'vm-a');
      await a.machine.stop('agent', 'KILL');
      await containers.reach();
      await startAgent(a.machine);
      await containers.reach();
      expect(await pluggedNics(lab, 'vm-a')).toEqual(before);
      await a.remove(containers.none, containers.driver);
      await waitFor('the ports of VM-A to go', async () => (await ports()).length === 1);
    } finally {
      await tidy();
    }
  });

  it('upgraded and downgraded: another version takes over what there is, and containers lose no ping', async () => {
    const program = installOthers();
    try {
      const { none, driver, peerAddress } = await raiseContainers();
      const pingers = [];
      for (const id of [none, driver]) pingers.push(await Pinger.start(a, id, peerAddress));
      const before = await pluggedNics(lab, 'vm-a');
      for (const version of ['99.0.0', '0.0.1', undefined]) {
        const bundle = program.install(version);
        if (version) expect((await a.ovnDocker(['--version'])).stdout.trim()).toBe(version);
        await a.restartAgent();
        const running = await a.machine.must([
          'sh',
          '-c',
          'tr "\\0" " " < /proc/$(cat /run/agent.pid)/cmdline',
        ]);
        expect(running).toContain(bundle);
        expect(await pluggedNics(lab, 'vm-a')).toEqual(before);
        const id = await a.run(NETWORK);
        await waitFor('an answer', () => a.pings(id, peerAddress));
        await a.remove(id);
      }
      const counts = await Promise.all(pingers.map((pinger) => pinger.count()));
      expect(counts.flatMap(({ lost }) => lost)).toEqual([]);
      await a.remove(none, driver);
      await waitFor('the ports of VM-A to go', async () => (await ports()).length === 1);
    } finally {
      program.install();
      await a.restartAgent();
      await tidy();
    }
  });

  it('scenario 5: a second one waits for the first, and takes over when that is killed', async () => {
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

  it('restarted: containers that are started again are on the network as before', async () => {
    try {
      // In VM-B, where the main job has left only a container that keeps its port over a restart.
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
