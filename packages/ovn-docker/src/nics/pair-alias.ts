const PLUGGED = 'ovn-docker';
const NEW = 'ovn-docker-new';

/** What the alias of a veth pair's VM end says. */
export interface PairAlias {
  readonly portId: string;
  /** Of the container without a Docker network that has the NIC. */
  readonly label: string | undefined;
  /** Not plugged yet: the row in the VM's switch, if there is one, is of the pair that was there before. */
  readonly isNew: boolean;
}

/**
 * The alias by which a veth pair is known as ours, and whose it is. Docker knows which of its endpoints has which MAC address;
 * of a container without a Docker network it knows a label only, so that is here too: the row that says it may be lost.
 */
export function writeAlias({ portId, label, isNew }: PairAlias): string {
  return [isNew ? NEW : PLUGGED, portId, ...(label === undefined ? [] : [label])].join(' ');
}

/** What an alias of ours says; undefined for what is not ours. */
export function readAlias(alias: string | undefined): PairAlias | undefined {
  const [mark, portId, label] = (alias ?? '').split(' ');
  if ((mark !== PLUGGED && mark !== NEW) || !portId) return undefined;
  return { portId, isNew: mark === NEW, label };
}
