import type { Flow } from '@ovn-docker/openflow';
import { expect, it } from 'vitest';
import { changesFor, compareFlows } from './compare-flows.ts';
import { portFlows, sharedFlows } from './guard-flows.ts';

const port = { ofport: 5, vlan: 101, macs: ['fa:16:3e:00:00:01'], mayServeDhcp: false };
const expected = [...sharedFlows(), ...portFlows(port)];
const [pass, drop] = portFlows(port) as [Flow, Flow];

it('flows that are as expected need no change, in whatever order the switch reports them and their fields', () => {
  const actual = expected.toReversed().map(({ match, ...flow }) => ({
    ...flow,
    match: Object.fromEntries(Object.entries(match).toReversed()),
  }));
  expect(changesFor(compareFlows(expected, actual))).toEqual([]);
});

it('a missing flow and one with another effect or cookie are added again', () => {
  const altered = { ...pass, instructions: { gotoTable: 232 } };
  const adopted = { ...drop, cookie: 7n };
  expect(compareFlows([pass, drop], [])).toEqual({ missing: [pass, drop], stale: [] });
  expect(changesFor(compareFlows([pass, drop], [altered, drop]))).toEqual([{ add: pass }]);
  expect(changesFor(compareFlows([pass, drop], [pass, adopted]))).toEqual([{ add: drop }]);
});

it('the flows of a port that has another number now are deleted', () => {
  const moved = portFlows({ ...port, ofport: 6 });
  const { missing, stale } = compareFlows(moved, [pass, drop]);
  expect(missing).toEqual(moved);
  expect(stale).toEqual([pass, drop]);
});
