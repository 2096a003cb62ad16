import { expect, it } from 'vitest';
import { type Books, differences } from './books.ts';

/**
 * One NIC of each kind: of a driver's container, of a running and a stopped `--net=none` container, and warm.
 */
const balanced: Books = {
  ports: [
    { id: 'p1', nic: 'driver', boundVlan: 1, addresses: ['10.0.0.1', 'fd00::1'] },
    { id: 'p2', nic: 'running', boundVlan: 2, addresses: ['10.0.0.2'] },
    { id: 'p3', nic: 'stopped', addresses: ['10.0.0.3'] },
    { id: 'p4', nic: 'warm', addresses: ['10.0.0.4'] },
  ],
  subports: [
    { port: 'p2', vlan: 2 },
    { port: 'p3', vlan: 3 },
    { port: 'p4', vlan: 4 },
  ],
  rows: [
    { name: 'ovn-1', vlan: 1, nic: 'driver', port: 'p1' },
    { name: 'ovn-2', vlan: 2, nic: 'running', port: 'p2', label: 'l2' },
    { name: 'ovn-3', vlan: 3, nic: 'stopped', port: 'p3', label: 'l3' },
    { name: 'ovn-4', vlan: 4, nic: 'warm', port: 'p4' },
  ],
  interfaces: ['ovn-1', 'ovn-2', 'ovn-3', 'ovn-3c', 'ovn-4', 'ovn-4c'],
  agent: {
    nics: [
      { id: 'driver', state: 'claimed', port: 'p1', vlan: 1, endpoint: 'e1' },
      { id: 'running', state: 'claimed', port: 'p2', vlan: 2, container: 'c2' },
      { id: 'stopped', state: 'claimed', port: 'p3', vlan: 3, container: 'c3' },
      { id: 'warm', state: 'warm', port: 'p4', vlan: 4 },
    ],
    vlansUsed: 4,
    draining: 0,
  },
  endpoints: [{ id: 'e1', address: '10.0.0.1' }],
  labelled: [
    { id: 'c2', label: 'l2', running: true },
    { id: 'c3', label: 'l3', running: false },
  ],
};

/** The balanced books with some lists replaced. */
const changed = (change: Partial<Books>): Books => ({ ...balanced, ...change });
const agent = (change: Partial<Books['agent']>): Books =>
  changed({ agent: { ...balanced.agent, ...change } });
const { ports, subports, rows, interfaces, endpoints, labelled } = balanced;
const [driver, running, stopped, warm] = ports as [Port, Port, Port, Port];
type Port = Books['ports'][number];
type Nic = Books['agent']['nics'][number];

it('balanced books have no differences', () => {
  expect(differences(balanced)).toEqual([]);
});

it.each<[string, Books, string[]]>([
  [
    'a port without its tag',
    changed({ ports: [{ id: 'p1', boundVlan: 1, addresses: ['10.0.0.1'] }, running, stopped, warm] }),
    ['port p1 has no tag of a NIC', 'row ovn-1 names NIC driver, its port names NIC undefined'],
  ],
  ['a port without VLAN', changed({ subports: subports.slice(0, 2) }), ['port p4 has VLANs [], not one']],
  [
    'a port with two VLANs',
    changed({ subports: [...subports, { port: 'p1', vlan: 9 }] }),
    ['port p1 has VLANs [1,9], not one'],
  ],
  [
    'a NIC with two ports',
    changed({ ports: [...ports, { id: 'p5', nic: 'driver', boundVlan: 5, addresses: [] }] }),
    ['NIC driver has several ports', 'port p5 of NIC driver has no row'],
  ],
  [
    'a VLAN with two ports',
    changed({ ports: [{ ...driver, boundVlan: 2 }, running, stopped, warm] }),
    ['VLAN 2 has several ports', 'row ovn-1 has VLAN 1, its port has [2]'],
  ],
  [
    'a subport of another client',
    changed({ subports: [...subports, { port: 'p9', vlan: 9 }] }),
    ['subport p9 with VLAN 9 belongs to no NIC'],
  ],
  [
    'a row without port',
    changed({ ports: [driver, running, stopped], subports: subports.slice(0, 2) }),
    ['row ovn-4 names port p4, which Neutron does not have', "Neutron does not know the agent's NIC warm"],
  ],
  [
    'a row under another name',
    changed({ rows: [...rows.slice(0, 3), { name: 'ovn-5', vlan: 4, nic: 'warm', port: 'p4' }] }),
    [
      'row ovn-5 has VLAN 4, which does not match its name',
      'interface ovn-4 has no row',
      'row ovn-5 has no interface',
    ],
  ],
  [
    'a warm NIC without row and interfaces',
    changed({ rows: rows.slice(0, 3), interfaces: interfaces.slice(0, 4) }),
    ['port p4 of NIC warm has no row'],
  ],
  [
    'a warm pair without its other end',
    changed({ interfaces: interfaces.slice(0, 5) }),
    ['the other end of ovn-4 is missing'],
  ],
  [
    'a container end without a VM end',
    changed({ interfaces: [...interfaces, 'ovn-7c'] }),
    ['interface ovn-7c has no other end'],
  ],
  [
    'a container end outside its running container',
    changed({ interfaces: [...interfaces, 'ovn-2c'] }),
    ['ovn-2c is not in its container'],
  ],
  [
    'a NIC that the agent forgot',
    agent({ nics: balanced.agent.nics.slice(0, 3) }),
    ['the agent does not know NIC warm: port p4, VLAN 4'],
  ],
  [
    'a NIC that only the agent knows',
    agent({ nics: [...balanced.agent.nics, { id: 'ghost', state: 'making', vlan: 6 }] }),
    ["Neutron does not know the agent's NIC ghost: port undefined, VLAN 6"],
  ],
  ['a leaked VLAN', agent({ vlansUsed: 5 }), ['the agent counts 5 VLANs, 4 are in use']],
  [
    'a claim without a container',
    agent({
      nics: [...balanced.agent.nics.slice(0, 3), { ...balanced.agent.nics[3], state: 'claimed' } as Nic],
    }),
    ['NIC warm is claimed with endpoint undefined and container undefined'],
  ],
  ['an unfinished release', agent({ draining: 1 }), ['1 releases are unfinished']],
  [
    'an endpoint that the agent forgot',
    changed({ endpoints: [...endpoints, { id: 'e2', address: '10.0.0.9' }] }),
    ["the agent does not know Docker's endpoint e2"],
  ],
  [
    'an endpoint that only the agent knows',
    changed({ endpoints: [], interfaces: [...interfaces, 'ovn-1c'] }),
    ["Docker does not know the agent's endpoint e1"],
  ],
  [
    'an endpoint with another address',
    changed({ endpoints: [{ id: 'e1', address: '10.0.0.9' }] }),
    ['endpoint e1 has address 10.0.0.9, its port has [10.0.0.1,fd00::1]'],
  ],
  [
    'a container that only the agent knows',
    changed({ labelled: labelled.slice(0, 1) }),
    ["Docker does not know the agent's container c3"],
  ],
  [
    'a running container without a row',
    changed({ labelled: [...labelled, { id: 'c9', label: 'l9', running: true }] }),
    ['no row carries label l9 of container c9'],
  ],
])('%s', (_, books, expected) => {
  const report = differences(books).join('\n');
  for (const line of expected) expect(report).toContain(line);
});

it('a subport on a known foreign VLAN is no difference', () => {
  const withForeignSubport = changed({ subports: [...subports, { port: 'p9', vlan: 9 }] });
  const counted = { ...withForeignSubport, agent: { ...balanced.agent, vlansUsed: 5 } };
  expect(differences(counted, { foreignVlans: [9] })).toEqual([]);
});

it('the agent’s end of its own NIC for probes is in a namespace of the agent', () => {
  const nics = [{ ...balanced.agent.nics[3], state: 'claimed', isOutpost: true } as Nic];
  const used = [...balanced.agent.nics.slice(0, 3), ...nics];
  const { agent: own } = agent({ nics: used });
  expect(differences(changed({ agent: own, interfaces: interfaces.slice(0, -1) }))).toEqual([]);
  expect(differences(changed({ agent: own }))).toEqual(['ovn-4c is not in its container']);
});
