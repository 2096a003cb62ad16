import type { Row, SwitchDatabase } from './switch-database.ts';

/** For each VLAN that the bridge uses, what has it: names of ports, or a mirror or setting in words. */
export type VlanUsers = ReadonlyMap<number, readonly string[]>;

/**
 * The VLANs that are taken on the bridge, by any program, as the replica of the database shows them now
 * (ovs-vswitchd.conf.db(5), Port table, "VLAN Configuration").
 */
export class BridgeVlans {
  readonly #database: SwitchDatabase;
  #cached: { readonly uplink: string; readonly users: VlanUsers } | undefined;

  constructor(database: SwitchDatabase) {
    this.#database = database;
    database.replica.on('change', () => {
      this.#cached = undefined;
    });
  }

  /** @param uplink name of the port whose task is to carry every VLAN: its `trunks` take none */
  users(uplink: string): VlanUsers {
    if (this.#cached?.uplink !== uplink) this.#cached = { uplink, users: this.#read(uplink) };
    return this.#cached.users;
  }

  /** Whether a port passes frames of the VLAN with their tag. True for an unknown port. */
  carries(name: string, vlan: number): boolean {
    const [row] = this.#database.replica.find('Port', { name });
    return !row || carriesAll(row) || (isTrunk(row) && row.trunks.includes(vlan));
  }

  /** Names of the bridge's ports that pass every VLAN. */
  carriersOfAll(): string[] {
    return this.#portsOf(this.#database.requireBridge()).flatMap((row) => (carriesAll(row) ? row.name : []));
  }

  #read(uplink: string): VlanUsers {
    const users = new Map<number, string[]>();
    const add = (vlan: number, name: string) => users.set(vlan, [...(users.get(vlan) ?? []), name]);
    const bridges = [this.#database.requireBridge()];
    // The list grows: a patch port that carries every VLAN makes two bridges one.
    for (const bridge of bridges) {
      // ovs-vswitchd floods mirrored frames, and floods instead of learning, on these VLANs (RSPAN).
      for (const vlan of bridge.flood_vlans) add(vlan, `flood_vlans of bridge ${bridge.name}`);
      for (const { name, output_vlan: vlan } of this.#mirrorsOf(bridge)) {
        if (vlan !== undefined) add(vlan, `mirror ${name}`);
      }
      for (const row of this.#portsOf(bridge)) {
        for (const vlan of namedVlans(row, row.name === uplink)) add(vlan, row.name);
        if (!carriesAll(row)) continue;
        for (const peer of this.#bridgesBehind(row)) if (!bridges.includes(peer)) bridges.push(peer);
      }
    }
    return users;
  }

  #portsOf({ ports }: Row<'Bridge'>): Row<'Port'>[] {
    return ports.flatMap((uuid) => this.#database.replica.get('Port', uuid) ?? []);
  }

  #mirrorsOf({ mirrors }: Row<'Bridge'>): Row<'Mirror'>[] {
    return mirrors.flatMap((uuid) => this.#database.replica.get('Mirror', uuid) ?? []);
  }

  /** The bridges at the other end of a port, if it is a patch port (Interface table, `options:peer`). */
  #bridgesBehind({ interfaces }: Row<'Port'>): Row<'Bridge'>[] {
    const { replica } = this.#database;
    return interfaces.flatMap((uuid) => {
      const iface = replica.get('Interface', uuid);
      const name = iface?.type === 'patch' ? iface.options['peer'] : undefined;
      const [peer] = name === undefined ? [] : replica.find('Interface', { name });
      if (!peer) return [];
      const port = [...replica.rows('Port').values()].find((row) => row.interfaces.includes(peer._uuid));
      return [...replica.rows('Bridge').values()].filter(({ ports }) => port && ports.includes(port._uuid));
    });
  }
}

/** The mode that ovs-vswitchd uses: without `vlan_mode`, a port with a tag is an access port. */
function modeOf({ vlan_mode: mode, tag }: Row<'Port'>): NonNullable<Row<'Port'>['vlan_mode']> {
  return mode ?? (tag === undefined ? 'trunk' : 'access');
}

function isTrunk(row: Row<'Port'>): boolean {
  return !['access', 'dot1q-tunnel'].includes(modeOf(row));
}

function carriesAll(row: Row<'Port'>): boolean {
  return isTrunk(row) && row.trunks.length === 0;
}

/** The VLANs that a port names. The `cvlans` of a tunnel port are inside its tag and take nothing. */
function namedVlans(row: Row<'Port'>, isUplink: boolean): number[] {
  const own = modeOf(row) === 'trunk' || row.tag === undefined ? [] : [row.tag];
  return isTrunk(row) && !isUplink ? [...new Set([...own, ...row.trunks])] : own;
}
