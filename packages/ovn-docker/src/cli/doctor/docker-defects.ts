/** A defect of Docker releases that a user of ovn-docker meets. */
export interface DockerDefect {
  /** The first release with the defect, such as `28.0`; undefined for every older one. */
  readonly from?: string;
  /** The first release without it; undefined if none is known. */
  readonly below?: string;
  /** Only where the `docker-compose` of the search path is version 1, written in Python. */
  readonly withComposeV1?: boolean;
  readonly what: string;
  readonly hint: string;
}

/** The known defects; `npm run docs:doctor` writes them into docs/doctor.md. */
export const dockerDefects: readonly DockerDefect[] = [
  {
    below: '20.10',
    what: 'Docker lacks the version 1.41 of its API, which the agent reads',
    hint: 'install Docker 20.10 or newer',
  },
  {
    from: '28.0',
    below: '29.1',
    what: 'Docker writes a container’s IPv4 address as `::ffff:ADDRESS` into its /etc/hosts, so that a program may not recognise its own address',
    hint: 'install Docker 29.1 or newer; until then, let the program use the address of eth0 and not that of its host name',
  },
  {
    from: '26.0',
    withComposeV1: true,
    what: 'docker-compose 1 ends with `KeyError: ContainerConfig` when it creates an existing container again',
    hint: 'install Compose 2 and use `docker compose`',
  },
];

/** The defects of one release, such as `28.5.2` or `20.10.24+dfsg1`. */
export function defectsOf(release: string, hasComposeV1: boolean): DockerDefect[] {
  const isBelow = (limit: string) => compareReleases(release, limit) < 0;
  return dockerDefects.filter(
    ({ from, below, withComposeV1 }) =>
      (from === undefined || !isBelow(from)) &&
      (below === undefined || isBelow(below)) &&
      (withComposeV1 !== true || hasComposeV1),
  );
}

/** The releases of a defect, in words. */
export function rangeOf({ from, below }: Pick<DockerDefect, 'from' | 'below'>): string {
  if (from === undefined) return `before ${below}`;
  return below === undefined ? `${from} and newer` : `${from} and newer, before ${below}`;
}

/** Compares by major and minor number; what does not begin with numbers counts as the newest. */
function compareReleases(one: string, other: string): number {
  const parts = (release: string) => /^v?(\d+)\.(\d+)/.exec(release)?.slice(1).map(Number) ?? [Infinity, 0];
  const [[a = 0, b = 0], [c = 0, d = 0]] = [parts(one), parts(other)];
  return a === c ? b - d : a - c;
}
