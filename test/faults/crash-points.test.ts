import { openLab } from '@ovn-docker/lab';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { stages } from '../../packages/ovn-docker/src/attach/stages.ts';
import { AgentProcess } from '../support/agent-process.ts';
import { crashAt } from '../support/faults/crash-point.ts';
import { CrashScene } from '../support/faults/crash-scene.ts';
import { containerOf, type Victim, warmNics } from '../support/faults/victim.ts';
import { Vm } from '../support/vm.ts';
import { LAB } from './raise-lab.ts';

/**
 * kill -9 of the agent before and after every stage, up and down. The list of stages is the product's own, so
 * a new stage is covered too. Then the test starts another agent, and one pass of the reconciler must put
 * everything in order.
 */
const lab = openLab(LAB);
const a = new Vm(lab, 'vm-a');
const agent = new AgentProcess(lab, 'vm-a');
const NETWORK = 'crashes';
let scene: CrashScene;

beforeAll(async () => {
  scene = await CrashScene.raise(lab, NETWORK, '10.160.0.0/16', { mode: 'trunk', pool: { low: 0, high: 0 } });
});

beforeEach(() => agent.printLogOnFailure());

afterAll(() => scene.end());

/** The crash points that the agent reached. */
const reached = new Set<string>();
const directions = stages.flatMap(({ name }) => [`${name}:up`, `${name}:down`]);
const points = directions.flatMap((direction) => [`${direction}:before`, `${direction}:after`]);

describe.each<[string, Victim, readonly string[]]>([
  // Docker's Join runs the stages a second time.
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
  afterEach(() => scene.tidy(victim));

  it.each([...points, ...morePoints])('%s', async (point) => {
    const spared = await agent.nicIds();
    if (await scene.crash(victim, point.includes(':down:'), crashAt(point, spared))) reached.add(point);
    const { agent: seen } = await scene.expectInOrder();
    expect(seen.nics.map(({ id }) => id).toSorted()).toEqual(spared.toSorted());
  });
});

describe('the agent is killed again while it removes the leftovers of the first kill', () => {
  const victim = warmNics(agent, NETWORK, 3);

  it.each(points.filter((point) => point.includes(':down:')))('%s', async (point) => {
    const spared = await agent.nicIds();
    await agent.restart(crashAt('plug port:up:after', spared));
    expect(await victim.tryToMake()).toBe(false);
    await agent.restartToCrash(crashAt(point, spared));
    await agent.restart();
    const { agent: seen } = await scene.expectInOrder();
    expect(seen.nics.map(({ id }) => id).toSorted()).toEqual(spared.toSorted());
  });
});

it('the agent reaches every stage boundary', () => {
  expect(points.filter((point) => !reached.has(point))).toEqual([]);
});
