import { openLab, waitFor } from '@ovn-docker/lab';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { configureAgent } from '../support/agent-config.ts';
import { AgentProcess } from '../support/agent-process.ts';
import { Api, type Resource } from '../support/api.ts';
import { mishapsOf } from '../support/faults/api-faults.ts';
import { Bystanders } from '../support/faults/bystanders.ts';
import type { Fault } from '../support/faults/proxy/rules.ts';
import { type OpenPlace, placesIn } from '../support/faults/proxy-places.ts';
import { containerOf, warmNics } from '../support/faults/victim.ts';
import { expectBalancedBooks } from '../support/read-books.ts';
import { Vm } from '../support/vm.ts';
import { LAB } from './raise-lab.ts';

/**
 * Calls from the agent to Neutron are delayed, cut, duplicated and refused, while it attaches and while it
 * detaches. `npm run test:broker` runs these tests with a broker in between, on both sides of it.
 */
const lab = openLab(LAB);
const a = new Vm(lab, 'vm-a');
const agent = new AgentProcess(lab, 'vm-a');
const NETWORK = 'api-faults';
const PATIENCE_S = 1;
const victim = containerOf(a, ['docker', 'run', '--network', NETWORK]);

describe.each(placesIn(lab))('$name', (where) => {
  let api: Api;
  let network: Resource;
  let place: OpenPlace;
  let bystanders: Bystanders;
  let restores: (() => Promise<void>)[];

  beforeAll(async () => {
    api = await Api.login(lab, 'alice');
    // Wide, so that Neutron does not assign an address again while peers still cache its former MAC address.
    network = await api.createNetwork(NETWORK, '10.161.0.0/16');
    place = await where.open(lab);
    restores = [
      await configureAgent(lab, 'vm-a', {
        ...place.config,
        mode: 'trunk',
        pool: { low: 0, high: 0 },
        reconcile: { every: 3600, patience: PATIENCE_S },
      }),
      await configureAgent(lab, 'vm-b', { pool: { low: 0, high: 0 } }),
    ];
    bystanders = await Bystanders.start(a, new Vm(lab, 'vm-b'), NETWORK);
  });

  beforeEach(() => agent.printLogOnFailure());

  afterAll(async () => {
    await bystanders.end();
    for (const restore of restores) await restore();
    await place.close();
    await api.delete('network', network.id);
  });

  /** Expects that one pass puts all in order and that the books balance. Returns the ids of all NICs. */
  async function expectInOrder(): Promise<string[]> {
    await agent.waitForOldClaims(PATIENCE_S * 1000);
    const removed = await agent.collectGarbage();
    expect(removed.filter(({ error }) => error !== undefined)).toEqual([]);
    expect(await agent.collectGarbage()).toEqual([]);
    const { agent: seen } = await expectBalancedBooks(lab, 'vm-a', api);
    return seen.nics.map(({ id }) => id).toSorted();
  }

  afterEach(async () => {
    await place.proxy.reset();
    await victim.remove();
    await agent.collectGarbage();
    await agent.collectGarbage();
  });

  it.each(['first', 'second'] as const)(
    'Neutron creates a port twice and the agent knows only the %s one: after a kill of the agent, the container keeps its port',
    async (answer) => {
      const before = (await agent.nicIds()).toSorted();
      await place.proxy.addRule({
        method: 'POST',
        path: '^/v2.0/ports',
        times: 1,
        fault: { kind: 'duplicate', answer },
      });
      await victim.make();
      await agent.restart();
      await victim.works(bystanders);
      expect(await expectInOrder()).toHaveLength(before.length + 1);
      await victim.works(bystanders);
      await victim.remove();
      expect(await expectInOrder()).toEqual(before);
      expect(await bystanders.lost()).toEqual([]);
    },
  );

  describe.each(where.operations)('$name ($when)', (operation) => {
    it.each(mishapsOf(operation, where))('$name', async ({ fault, times, isHarmless }) => {
      const before = (await agent.nicIds()).toSorted();
      if (operation.when === 'docker rm') await victim.make();
      const rule = await place.proxy.addRule({
        ...operation.match,
        fault,
        ...(times === undefined ? {} : { times }),
      });

      if (operation.when === 'the agent starts') {
        await place.restartBroker();
        await agent.restart();
        await rule.hit();
        await place.proxy.reset();
      }
      const succeeded = await (operation.when === 'docker rm' ? victim.remove() : victim.tryToMake());
      if (operation.when !== 'the agent starts') await rule.hit();
      await place.proxy.reset();

      if (isHarmless) expect(succeeded).toBe(true);
      if (operation.when !== 'docker rm') {
        if (succeeded) await victim.works(bystanders);
        expect(await expectInOrder()).toHaveLength(before.length + (succeeded ? 1 : 0));
      }
      await victim.remove();
      expect(await expectInOrder()).toEqual(before);
      expect(await bystanders.lost()).toEqual([]);
    });
  });

  describe('other calls', () => {
    const lostOrTwice: readonly (readonly [string, Fault])[] = [
      ['cut before', { kind: 'cut', moment: 'before' }],
      ['cut after', { kind: 'cut', moment: 'after' }],
      ['duplicated, first answer', { kind: 'duplicate', answer: 'first' }],
      ['duplicated, second answer', { kind: 'duplicate', answer: 'second' }],
    ];

    it.each(lostOrTwice)('POST ports, for a batch: %s', async (_, fault) => {
      const batch = warmNics(agent, NETWORK, 3);
      const before = (await agent.nicIds()).toSorted();
      const rule = await place.proxy.addRule({ method: 'POST', path: '^/v2.0/ports', times: 1, fault });
      const succeeded = await batch.tryToMake();
      await rule.hit();
      if (succeeded) await batch.works(bystanders);
      expect(await expectInOrder()).toHaveLength(before.length + (succeeded ? 3 : 0));
      await batch.remove();
      expect(await expectInOrder()).toEqual(before);
      expect(await bystanders.lost()).toEqual([]);
    });

    it.each(lostOrTwice)('PUT port, for a security group named by a label: %s', async (_, fault) => {
      const group = await api.create('security_group', { name: 'by-label' });
      const rule = await place.proxy.addRule({ method: 'PUT', path: '^/v2.0/ports/', times: 1, fault });
      try {
        const label = `org.ovn-docker.security-groups=${group.id}`;
        const run = ['docker', 'run', '--network', NETWORK, '--label', label];
        await containerOf(a, run).make();
        await rule.hit();
        // If this agent could not set the group, the next one does at its start.
        await agent.restart();
        const portsInGroup = async () =>
          (await api.list('port', `network_id=${network.id}`)).filter(({ security_groups }) =>
            (security_groups as string[]).includes(group.id),
          );
        await waitFor('the group on the port', async () => (await portsInGroup()).length === 1);
        await victim.works(bystanders);
      } finally {
        await victim.remove();
        await expectInOrder();
        await api.delete('security_group', group.id);
      }
      expect(await bystanders.lost()).toEqual([]);
    });
  });
});
