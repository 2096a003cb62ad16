/** Everything that the three truths and the agent say of one VM's NICs, as it was read. */
export interface Books {
  /** Neutron's ports with the tag `ovn-docker:vif=` of the VM. */
  readonly ports: readonly {
    readonly id: string;
    /** From the tag `ovn-docker:nic=`. */
    readonly nic?: string;
    /** From `binding:profile`, when its parent is the VM's port. */
    readonly boundVlan?: number;
    readonly addresses: readonly string[];
  }[];
  /** Subports of the VM's trunk. */
  readonly subports: readonly { readonly port: string; readonly vlan: number }[];
  /** Ports of the VM's bridge, except its uplink. */
  readonly rows: readonly {
    readonly name: string;
    readonly vlan?: number;
    readonly nic?: string;
    /** `iface-id` */
    readonly port?: string;
    /** Label of the `--net=none` container that has it. */
    readonly label?: string;
  }[];
  /** Interfaces in the VM's namespace that are named as ours. */
  readonly links: readonly string[];
  readonly agent: {
    readonly nics: readonly {
      readonly id: string;
      /** `warm`: nobody's; `claimed`: a container's; others are on their way. */
      readonly state: string;
      readonly port?: string;
      readonly vlan?: number;
      readonly endpoint?: string;
      readonly container?: string;
    }[];
    readonly vlansUsed: number;
    /** NICs whose release is not finished. */
    readonly draining: number;
  };
  /** Docker's endpoints on networks of our driver; only running containers have one. */
  readonly endpoints: readonly { readonly id: string; readonly address: string }[];
  /** `--net=none` containers of ours, which carry the label of their claim on a NIC. */
  readonly labelled: readonly { readonly id: string; readonly label: string; readonly running: boolean }[];
}

/** What a test knows and the books cannot. */
export interface BooksOptions {
  /** VLANs that somebody else holds on the VM's trunk. */
  readonly foreignVlans?: readonly number[];
}

/**
 * Where the truths contradict each other; nothing when the books balance. A NIC is a Neutron port with one VLAN, one row in the VM's switch, one veth
 * pair and one entry in the agent's memory. With a running container its other end is in there; without one, because
 * it is warm or its `--net=none` container is stopped, both ends are in the VM.
 */
export function differences(books: Books, options: BooksOptions = {}): string[] {
  return [
    ...portDifferences(books, options),
    ...rowDifferences(books),
    ...linkDifferences(books),
    ...agentDifferences(books),
    ...dockerDifferences(books),
  ];
}

type Port = Books['ports'][number];
type Row = Books['rows'][number];

/** The port's VLANs: one is right. The trunk's subport and the port's binding may both name it, as ML2/OVN does. */
function vlansOf({ id, boundVlan }: Port, { subports }: Books): number[] {
  const bound = boundVlan === undefined ? [] : [boundVlan];
  const carried = subports.filter(({ port }) => port === id).map(({ vlan }) => vlan);
  return [...new Set([...bound, ...carried])];
}

function portDifferences(books: Books, { foreignVlans = [] }: BooksOptions): string[] {
  const { ports, subports } = books;
  const ids = new Set(ports.map(({ id }) => id));
  return [
    ...ports.filter(({ nic }) => nic === undefined).map(({ id }) => `port ${id} has no NIC's tag`),
    ...ports
      .filter((port) => vlansOf(port, books).length !== 1)
      .map((port) => `port ${port.id} has VLANs [${vlansOf(port, books)}], not one`),
    ...repeated(ports.map(({ nic }) => nic)).map((nic) => `NIC ${nic} has several ports`),
    ...repeated(ports.flatMap((port) => vlansOf(port, books))).map(
      (vlan) => `VLAN ${vlan} has several ports`,
    ),
    ...subports
      .filter(({ port, vlan }) => !ids.has(port) && !foreignVlans.includes(vlan))
      .map(({ port, vlan }) => `subport ${port} with VLAN ${vlan} is nobody's`),
  ];
}

function rowDifferences(books: Books): string[] {
  const { rows, ports } = books;
  return rows.flatMap(({ name, vlan, nic, port: portId }) => {
    const port = ports.find(({ id }) => id === portId);
    if (!port) return [`row ${name} is of port ${portId}, which Neutron does not have`];
    const vlans = vlansOf(port, books);
    return [
      ...(vlan !== undefined && vlans.includes(vlan)
        ? []
        : [`row ${name} has VLAN ${vlan}, its port [${vlans}]`]),
      ...(name === `ovn-${vlan}` ? [] : [`row ${name} has VLAN ${vlan}`]),
      ...(nic === port.nic ? [] : [`row ${name} is of NIC ${nic}, its port of NIC ${port.nic}`]),
    ];
  });
}

function linkDifferences(books: Books): string[] {
  const { links, rows, ports } = books;
  const vmEnds = links.filter((link) => !link.endsWith('c'));
  const otherEnds = links.filter((link) => link.endsWith('c'));
  const names = rows.map(({ name }) => name);
  const plugged = new Set(rows.map(({ port }) => port));
  return [
    ...ports.filter(({ id }) => !plugged.has(id)).map(({ id, nic }) => `port ${id} of NIC ${nic} has no row`),
    ...missing(vmEnds, names).map((name) => `link ${name} has no row`),
    ...missing(names, vmEnds).map((name) => `row ${name} has no link`),
    ...missing(
      otherEnds,
      vmEnds.map((name) => `${name}c`),
    ).map((name) => `link ${name} has no other end`),
    ...rows.flatMap((row) => {
      const isInside = !links.includes(`${row.name}c`);
      const isRunning = hasRunningContainer(row, books);
      if (isInside === isRunning) return [];
      return [isRunning ? `${row.name}c is not in its container` : `the other end of ${row.name} is gone`];
    }),
  ];
}

function hasRunningContainer({ nic, label }: Row, { labelled, endpoints, agent }: Books): boolean {
  if (labelled.some((container) => container.label === label && container.running)) return true;
  const endpoint = agent.nics.find(({ id }) => id === nic)?.endpoint;
  return endpoints.some(({ id }) => id === endpoint);
}

function agentDifferences(books: Books): string[] {
  const { agent, ports, subports, rows } = books;
  const inNeutron = ports.map((port) => `${port.nic}: port ${port.id}, VLAN ${vlansOf(port, books)[0]}`);
  const inMemory = agent.nics.map(({ id, port, vlan }) => `${id}: port ${port}, VLAN ${vlan}`);
  const taken = [
    ...ports.flatMap((port) => vlansOf(port, books)),
    ...subports.map(({ vlan }) => vlan),
    ...rows.flatMap(({ vlan }) => vlan ?? []),
  ];
  const { size } = new Set(taken);
  return [
    ...missing(inNeutron, inMemory).map((nic) => `the agent does not know NIC ${nic}`),
    ...missing(inMemory, inNeutron).map((nic) => `Neutron does not know the agent's NIC ${nic}`),
    ...(agent.vlansUsed === size ? [] : [`the agent counts ${agent.vlansUsed} VLANs, ${size} are in use`]),
    ...agent.nics
      .filter(({ state, endpoint, container }) => state !== ((endpoint ?? container) ? 'claimed' : 'warm'))
      .map(({ id, state }) => `NIC ${id} is ${state}, and nobody has it`),
    ...(agent.draining === 0 ? [] : [`${agent.draining} releases are not finished`]),
  ];
}

function dockerDifferences({ agent, endpoints, labelled, ports, rows }: Books): string[] {
  const labels = new Set(rows.map(({ label }) => label));
  return [
    ...missing(
      agent.nics.flatMap(({ endpoint }) => endpoint ?? []),
      endpoints.map(({ id }) => id),
    ).map((id) => `Docker does not know the agent's endpoint ${id}`),
    ...endpoints.flatMap(({ id, address }) => {
      const nic = agent.nics.find(({ endpoint }) => endpoint === id);
      if (!nic) return [`the agent does not know Docker's endpoint ${id}`];
      const { addresses = [] } = ports.find((port) => port.id === nic.port) ?? {};
      if (addresses.includes(address)) return [];
      return [`endpoint ${id} has address ${address}, its port [${addresses}]`];
    }),
    ...labelled
      .filter(({ label, running }) => running && !labels.has(label))
      .map(({ id, label }) => `no row is of container ${id} with label ${label}`),
    ...missing(
      agent.nics.flatMap(({ container }) => container ?? []),
      labelled.map(({ id }) => id),
    ).map((id) => `Docker does not know the agent's container ${id}`),
  ];
}

function missing(of: readonly string[], from: readonly string[]): string[] {
  return of.filter((item) => !from.includes(item));
}

function repeated<T>(items: readonly T[]): T[] {
  return [...new Set(items.filter((item, index) => items.indexOf(item) !== index))];
}
