/**
 * The books of one VM: what Neutron, the VM's switch and kernel, Docker and the agent each record about the
 * VM's NICs.
 */
export interface Books {
  /** Neutron ports with the VM's Neutron tag `ovn-docker:vif=`. */
  readonly ports: readonly {
    readonly id: string;
    /** From the Neutron tag `ovn-docker:nic=`. */
    readonly nic?: string;
    /** From `binding:profile`, if its parent is the VM's port. */
    readonly boundVlan?: number;
    readonly addresses: readonly string[];
  }[];
  /** Subports of the VM's trunk. */
  readonly subports: readonly { readonly port: string; readonly vlan: number }[];
  /** Port rows of the VM's bridge, without its uplink. */
  readonly rows: readonly {
    readonly name: string;
    readonly vlan?: number;
    readonly nic?: string;
    /** From `iface-id`. */
    readonly port?: string;
    /** The label of the `--net=none` container that has the NIC. */
    readonly label?: string;
  }[];
  /** Names of the agent's interfaces in the VM's network namespace. */
  readonly interfaces: readonly string[];
  readonly agent: {
    readonly nics: readonly {
      readonly id: string;
      /**
       * `warm`: unclaimed; `claimed`: a container has it; in any other state the NIC is being made or
       * removed.
       */
      readonly state: string;
      readonly port?: string;
      readonly vlan?: number;
      readonly endpoint?: string;
      readonly container?: string;
      /** The agent itself has the NIC, to probe containers from it. */
      readonly isOutpost?: boolean;
    }[];
    readonly vlansUsed: number;
    /** NICs whose release is not finished. */
    readonly draining: number;
  };
  /** Docker's endpoints on networks of the driver; only running containers have endpoints. */
  readonly endpoints: readonly { readonly id: string; readonly address: string }[];
  /** `--net=none` containers that `ovn-docker run` made, with the label of their claim. */
  readonly labelled: readonly { readonly id: string; readonly label: string; readonly running: boolean }[];
}

/** Facts that a test knows and the books do not contain. */
export interface BooksOptions {
  /** VLANs on the VM's trunk that other clients use. */
  readonly foreignVlans?: readonly number[];
}

/**
 * Lists where the books contradict each other; empty when they balance. A NIC is a Neutron port with one
 * VLAN, one row in the VM's switch, one veth pair and one entry in the agent's memory. If a running container
 * has the NIC, the container's end of the pair is in the container. If the agent itself has the NIC for its
 * probes, that end is in a namespace of the agent. If the NIC is warm or its `--net=none` container is
 * stopped, both ends are in the VM.
 */
export function differences(books: Books, options: BooksOptions = {}): string[] {
  return [
    ...portDifferences(books, options),
    ...rowDifferences(books),
    ...interfaceDifferences(books),
    ...agentDifferences(books),
    ...dockerDifferences(books),
  ];
}

type Port = Books['ports'][number];
type Row = Books['rows'][number];

/**
 * The port's VLANs; one is correct. The trunk's subport and the port's binding may both name it, as in
 * ML2/OVN.
 */
function vlansOf({ id, boundVlan }: Port, { subports }: Books): number[] {
  const bound = boundVlan === undefined ? [] : [boundVlan];
  const carried = subports.filter(({ port }) => port === id).map(({ vlan }) => vlan);
  return [...new Set([...bound, ...carried])];
}

function portDifferences(books: Books, { foreignVlans = [] }: BooksOptions): string[] {
  const { ports, subports } = books;
  const ids = new Set(ports.map(({ id }) => id));
  return [
    ...ports.filter(({ nic }) => nic === undefined).map(({ id }) => `port ${id} has no tag of a NIC`),
    ...ports
      .filter((port) => vlansOf(port, books).length !== 1)
      .map((port) => `port ${port.id} has VLANs [${vlansOf(port, books)}], not one`),
    ...repeated(ports.map(({ nic }) => nic)).map((nic) => `NIC ${nic} has several ports`),
    ...repeated(ports.flatMap((port) => vlansOf(port, books))).map(
      (vlan) => `VLAN ${vlan} has several ports`,
    ),
    ...subports
      .filter(({ port, vlan }) => !ids.has(port) && !foreignVlans.includes(vlan))
      .map(({ port, vlan }) => `subport ${port} with VLAN ${vlan} belongs to no NIC`),
  ];
}

function rowDifferences(books: Books): string[] {
  const { rows, ports } = books;
  return rows.flatMap(({ name, vlan, nic, port: portId }) => {
    const port = ports.find(({ id }) => id === portId);
    if (!port) return [`row ${name} names port ${portId}, which Neutron does not have`];
    const vlans = vlansOf(port, books);
    return [
      ...(vlan !== undefined && vlans.includes(vlan)
        ? []
        : [`row ${name} has VLAN ${vlan}, its port has [${vlans}]`]),
      ...(name === `ovn-${vlan}` ? [] : [`row ${name} has VLAN ${vlan}, which does not match its name`]),
      ...(nic === port.nic ? [] : [`row ${name} names NIC ${nic}, its port names NIC ${port.nic}`]),
    ];
  });
}

function interfaceDifferences(books: Books): string[] {
  const { interfaces, rows, ports } = books;
  const vmEnds = interfaces.filter((name) => !name.endsWith('c'));
  const containerEnds = interfaces.filter((name) => name.endsWith('c'));
  const names = rows.map(({ name }) => name);
  const plugged = new Set(rows.map(({ port }) => port));
  return [
    ...ports.filter(({ id }) => !plugged.has(id)).map(({ id, nic }) => `port ${id} of NIC ${nic} has no row`),
    ...missing(vmEnds, names).map((name) => `interface ${name} has no row`),
    ...missing(names, vmEnds).map((name) => `row ${name} has no interface`),
    ...missing(
      containerEnds,
      vmEnds.map((name) => `${name}c`),
    ).map((name) => `interface ${name} has no other end`),
    ...rows.flatMap((row) => {
      const isInside = !interfaces.includes(`${row.name}c`);
      const isInUse = isOutpost(row, books) || hasRunningContainer(row, books);
      if (isInside === isInUse) return [];
      return [isInUse ? `${row.name}c is not in its container` : `the other end of ${row.name} is missing`];
    }),
  ];
}

function isOutpost({ nic }: Row, { agent }: Books): boolean {
  return agent.nics.some(({ id, isOutpost }) => id === nic && isOutpost);
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
      .filter(
        ({ state, endpoint, container, isOutpost }) =>
          state !== (isOutpost || (endpoint ?? container) ? 'claimed' : 'warm'),
      )
      .map(
        ({ id, state, endpoint, container }) =>
          `NIC ${id} is ${state} with endpoint ${endpoint} and container ${container}`,
      ),
    ...(agent.draining === 0 ? [] : [`${agent.draining} releases are unfinished`]),
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
      return [`endpoint ${id} has address ${address}, its port has [${addresses}]`];
    }),
    ...labelled
      .filter(({ label, running }) => running && !labels.has(label))
      .map(({ id, label }) => `no row carries label ${label} of container ${id}`),
    ...missing(
      agent.nics.flatMap(({ container }) => container ?? []),
      labelled.map(({ id }) => id),
    ).map((id) => `Docker does not know the agent's container ${id}`),
  ];
}

/** The items of `expected` that `present` does not contain. */
function missing(expected: readonly string[], present: readonly string[]): string[] {
  return expected.filter((item) => !present.includes(item));
}

function repeated<T>(items: readonly T[]): T[] {
  return [...new Set(items.filter((item, index) => items.indexOf(item) !== index))];
}
