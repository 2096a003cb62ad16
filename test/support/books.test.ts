import { expect, it } from 'vitest';
import { type Books, differences } from './books.ts';

/** One NIC of each kind: of the driver, of a running and of a stopped `--net=none` container, and a warm one. */
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
  links: ['ovn-1', 'ovn-2', 'ovn-3', 'ovn-3c', 'ovn-4', 'ovn-4c'],
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

/** The books with one list replaced. */
const but = (change: Partial<Books>): Books => ({ ...balanced, ...change });
const agent = (change: Partial<Books['agent']>): Books => but({ agent: { ...balanced.agent, ...change } });
const { ports, subports, rows, links, endpoints, labelled } = balanced;
const [driver, running, stopped, warm] = ports as [Port, Port, Port, Port];
type Port = Books['ports'][number];
type Nic = Books['agent']['nics'][number];

it('nothing differs in balanced books', () => {
  expect(differences(balanced)).toEqual([]);
});

it.each<[string, Books, string[]]>([
  [
    'a port without its tag',
    but({ ports: [{ id: 'p1', boundVlan: 1, addresses: ['10.0.0.1'] }, running, stopped, warm] }),
    ["port p1 has no NIC's tag", 'row ovn-1 is of NIC driver, its port of NIC undefined'],
  ],
  ['a port without VLAN', but({ subports: subports.slice(0, 2) }), ['port p4 has VLANs [], not one']],
  [
    'a port with two VLANs',
    but({ subports: [...subports, { port: 'p1', vlan: 9 }] }),
    ['port p1 has VLANs [1,9], not one'],
  ],
  [
    'a NIC with two ports',
    but({ ports: [...ports, { id: 'p5', nic: 'driver', boundVlan: 5, addresses: [] }] }),
    ['NIC driver has several ports', 'port p5 of NIC driver has no row'],
  ],
  [
    'a VLAN with two ports',
    but({ ports: [{ ...driver, boundVlan: 2 }, running, stopped, warm] }),
    ['VLAN 2 has several ports', 'row ovn-1 has VLAN 1, its port [2]'],
  ],
  [
    "a stranger's subport",
    but({ subports: [...subports, { port: 'p9', vlan: 9 }] }),
    ["subport p9 with VLAN 9 is nobody's"],
  ],
  [
    'a row without port',
    but({ ports: [driver, running, stopped], subports: subports.slice(0, 2) }),
    ['row ovn-4 is of port p4, which Neutron does not have', "Neutron does not know the agent's NIC warm"],
  ],
  [
    'a row under another name',
    but({ rows: [...rows.slice(0, 3), { name: 'ovn-5', vlan: 4, nic: 'warm', port: 'p4' }] }),
    ['row ovn-5 has VLAN 4', 'link ovn-4 has no row', 'row ovn-5 has no link'],
  ],
  [
    'a warm NIC without row and links',
    but({ rows: rows.slice(0, 3), links: links.slice(0, 4) }),
    ['port p4 of NIC warm has no row'],
  ],
  ['half a warm pair', but({ links: links.slice(0, 5) }), ['the other end of ovn-4 is gone']],
  ['a lone end', but({ links: [...links, 'ovn-7c'] }), ['link ovn-7c has no other end']],
  ['an end outside', but({ links: [...links, 'ovn-2c'] }), ['ovn-2c is not in its container']],
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
  ['a VLAN that leaked', agent({ vlansUsed: 5 }), ['the agent counts 5 VLANs, 4 are in use']],
  [
    'a claim without a container',
    agent({
      nics: [...balanced.agent.nics.slice(0, 3), { ...balanced.agent.nics[3], state: 'claimed' } as Nic],
    }),
    ['NIC warm is claimed, and nobody has it'],
  ],
  ['an unfinished release', agent({ draining: 1 }), ['1 releases are not finished']],
  [
    'an endpoint that the agent forgot',
    but({ endpoints: [...endpoints, { id: 'e2', address: '10.0.0.9' }] }),
    ["the agent does not know Docker's endpoint e2"],
  ],
  [
    'an endpoint that only the agent knows',
    but({ endpoints: [], links: [...links, 'ovn-1c'] }),
    ["Docker does not know the agent's endpoint e1"],
  ],
  [
    'an endpoint with another address',
    but({ endpoints: [{ id: 'e1', address: '10.0.0.9' }] }),
    ['endpoint e1 has address 10.0.0.9, its port [10.0.0.1,fd00::1]'],
  ],
  [
    'a container that only the agent knows',
    but({ labelled: labelled.slice(0, 1) }),
    ["Docker does not know the agent's container c3"],
  ],
  [
    'a running container whose NIC is nowhere',
    but({ labelled: [...labelled, { id: 'c9', label: 'l9', running: true }] }),
    ['no row is of container c9 with label l9'],
  ],
])('%s', (_, books, expected) => {
  const found = differences(books);
  for (const words of expected) expect(found.join('\n')).toContain(words);
});

it("lets a stranger's subport be, when it is known", () => {
  const withStranger = but({ subports: [...subports, { port: 'p9', vlan: 9 }] });
  const counted = { ...withStranger, agent: { ...balanced.agent, vlansUsed: 5 } };
  expect(differences(counted, { foreignVlans: [9] })).toEqual([]);
});
