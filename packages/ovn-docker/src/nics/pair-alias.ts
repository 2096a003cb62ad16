const PLUGGED = 'ovn-docker';
const NEW = 'ovn-docker-new';

/** What the alias of a veth pair's VM end says. */
export interface PairAlias {
  readonly portId: string;
  /** Label of the `--net=none` container that the NIC is for. */
  readonly label: string | undefined;
  /** The agent has not plugged the pair: a row with its name belongs to the former pair. */
  readonly isNew: boolean;
}

/**
 * The alias that marks a veth pair as the agent's and names its port. Docker can match its endpoints by MAC
 * address; for a `--net=none` container it knows only the label, so the alias repeats it in case the row in
 * the switch is lost.
 */
export function writeAlias({ portId, label, isNew }: PairAlias): string {
  return [isNew ? NEW : PLUGGED, portId, ...(label === undefined ? [] : [label])].join(' ');
}

/** Parses an alias; undefined when the agent did not write it. */
export function readAlias(alias: string | undefined): PairAlias | undefined {
  const [mark, portId, label] = (alias ?? '').split(' ');
  if ((mark !== PLUGGED && mark !== NEW) || !portId) return undefined;
  return { portId, isNew: mark === NEW, label };
}
