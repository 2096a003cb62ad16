import { expect, it } from 'vitest';
import { isByHand, portsInUse } from './run-undo.ts';

const names = { uplink: 'eth0', bridge: 'br0' };
const found = {
  datapathType: '',
  mac: undefined,
  mtu: undefined,
  ports: ['eth0', 'ovn-7', 'tap0'],
};

it.each([
  ['a bridge of init, with the agent', null, true, ['tap0']],
  ['a bridge of init, without the agent', null, false, ['ovn-7', 'tap0']],
  ['a bridge of the user, with the agent', found, true, []],
  ['a bridge of the user, without the agent', found, false, ['ovn-7']],
] as const)('--undo of %s refuses to cut off these ports', (_, bridge, isAgentRunning, ports) => {
  expect(portsInUse(found, { names, before: { bridge } }, isAgentRunning)).toEqual(ports);
  expect(portsInUse(undefined, { names, before: { bridge } }, isAgentRunning)).toEqual([]);
});

it.each([
  ['init has changed the network’s files', { 'network files': [{ path: '/etc/x' }] }, false],
  ['the user has changed them', { 'network files': [] }, true],
  ['there is no record of them', {}, false],
])('--undo warns of files that only the user can restore: %s', (_, before, expected) => {
  expect(isByHand({ before })).toBe(expected);
});
