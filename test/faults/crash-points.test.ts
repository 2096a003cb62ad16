import { openLab, waitFor } from '@ovn-docker/lab';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFailed } from 'vitest';
import { stages } from '../../packages/ovn-docker/src/attach/stages.ts';
import { configureAgent } from '../support/agent-config.ts';
import { AgentProcess } from '../support/agent-process.ts';
import { Api, type Resource } from '../support/api.ts';
import { booksBalance } from '../support/read-books.ts';
import { Vm } from '../support/vm.ts';
import { LAB } from './raise-lab.ts';
import { Bystanders } from './support/bystanders.ts';
import { crashAt } from './support/crash-point.ts';
import { containerOf, type Victim, warmNics } from './support/victim.ts';

/**
 * kill -9 of the agent before and after every stage, up and down. The list is the product's own, so a new stage is covered
 * by itself. Then another agent is started, and one pass of the reconciler has to bring everything in order.
 */
const lab = openLab(LAB);
const a = new Vm(lab, 'vm-a');
const agent = new AgentProcess(lab, 'vm-a');
const NETWORK = 'crashes';
const PATIENCE_S = 1;

let api: Api;
let network: Resource;
let bystanders: Bystanders;
let putBack: (() => Promise<void>)[];

beforeAll(async () => {
  api = await Api.login(lab, 'alice');
  network = await api.create('network', { name: NETWORK });
  // Wide, so that Neutron does not give an address again to another MAC while peers still have the old one in their caches.
  await api.create('subnet', { network_id: network.id, cidr: '10.160.0.0/16', ip_version: 4 });
  putBack = [
    // Passes are asked for by the tests, so that what is seen is the work of one pass.
    await configureAgent(lab, 'vm-a', {
      mode: 'trunk',
      pool: { low: 0, high: 0 },
      reconcile: { every: 3600, patience: PATIENCE_S },
    }),
    await configureAgent(lab, 'vm-b', { pool: { low: 0, high: 0 } }),
  ];
  bystanders = await Bystanders.start(a, new Vm(lab, 'vm-b'), NETWORK);
});

beforeEach(() => {
  const logged = agent.log().length;
  onTestFailed(() => {
    process.stderr.write(agent.log(logged));
  });
});

afterAll(async () => {
  await bystanders.end();
  for (const restore of putBack) await restore();
  await api.delete('network', network.id);
});

/** Borders of stages, and the ways on which the agent came there. */
const reached = new Set<string>();
const borders = stages.flatMap(({ name }) => [`${name}:up`, `${name}:down`]);
const points = borders.flatMap((border) => [`${border}:before`, `${border}:after`]);

describe.each<[string, Victim, readonly string[]]>([
  // Docker's Join goes through the stages a second time.
  [
    'docker run',
    containerOf(a, ['docker', 'run', '--network', NETWORK]),
    ['choose VLAN:up:before#2', 'plug port:up:after#2'],
  ],
  [
    'ovn-docker run --net=none',
    containerOf(a, ['ovn-docker', `--network=${NETWORK}`, 'run', '--net=none']),
    [],
  ],
  ['three warm NICs', warmNics(agent, NETWORK, 3), []],
])('the agent is killed while it works for %s', (_, victim, morePoints) => {
  afterEach(async () => {
    await victim.remove();
    await agent.restart();
    await agent.collectGarbage();
    await agent.collectGarbage();
  });

  it.each([...points, ...morePoints])('%s', async (point) => {
    const spared = await agent.nicIds();
    await agent.restart(crashAt(point, spared));
    const logged = agent.log().length;
    const isDown = point.includes(':down:');
    if (isDown) await victim.make();

    const command = isDown ? victim.remove() : victim.tryToMake();
    const ended = command.then(() => (isDown ? victim.isReleased(agent, spared) : true));
    const outcome = await crashOrEnd(logged, ended);
    if (outcome === 'crashed') {
      reached.add(point);
      await agent.restart();
    }
    const isMade = await command;
    // Whatever told the user that it is there, is there.
    if (!isDown && isMade) await victim.works(bystanders);
    await victim.remove();

    await agent.claimsAreOld(PATIENCE_S * 1000);
    const removed = await agent.collectGarbage();
    expect(removed.filter(({ error }) => error !== undefined)).toEqual([]);
    expect(await agent.collectGarbage()).toEqual([]);
    const books = await booksBalance(lab, 'vm-a', api);
    expect(books.agent.nics.map(({ id }) => id).toSorted()).toEqual(spared.toSorted());
    expect(await bystanders.lost()).toEqual([]);
  });

  /** Which comes first; the end may not come at all when the agent is dead. */
  async function crashOrEnd(logged: number, ended: Promise<boolean>): Promise<'crashed' | 'ended'> {
    let isEnded = false;
    ended.then(
      () => {
        isEnded = true;
      },
      () => undefined,
    );
    return waitFor('the crash or the end', () => {
      if (agent.log(logged).includes('crash-at: ')) return 'crashed';
      return isEnded && 'ended';
    });
  }
});

describe('the agent is killed again while it puts right what the kill before left', () => {
  const victim = warmNics(agent, NETWORK, 3);

  it.each(points.filter((point) => point.includes(':down:')))('%s', async (point) => {
    const spared = await agent.nicIds();
    await agent.restart(crashAt('plug port:up:after', spared));
    expect(await victim.tryToMake()).toBe(false);
    await agent.restartToCrash(crashAt(point, spared));
    await agent.restart();
    expect((await agent.collectGarbage()).filter(({ error }) => error !== undefined)).toEqual([]);
    expect(await agent.collectGarbage()).toEqual([]);
    const books = await booksBalance(lab, 'vm-a', api);
    expect(books.agent.nics.map(({ id }) => id).toSorted()).toEqual(spared.toSorted());
    expect(await bystanders.lost()).toEqual([]);
  });
});

it('every boundary was reached on some way', () => {
  expect(points.filter((point) => !reached.has(point))).toEqual([]);
});
