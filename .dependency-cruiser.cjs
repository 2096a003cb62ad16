/** The borders of the code, as docs and tree promise them. A broken one fails `npm test`. */
const inside = (...names) => `^packages/(${names.join('|')})/`;
const product = (...folders) => `^packages/ovn-docker/src/(${folders.join('|')})/`;

/**
 * The rooms of the product, from the ground up: a room may import from its own floor's room and from the floors
 * below it, never from above, and rooms on one floor do not know each other. `main.ts` and tests stand outside.
 */
const ladder = [
  ['errors.ts'],
  ['observe', 'config', 'addresses', 'queues'],
  ['clients'],
  ['vm'],
  ['nics'],
  ['attach'],
  ['lifecycle'],
  ['pools'],
  ['networks'],
  ['plugins', 'api'],
  ['reconcile'],
  ['agent'],
  ['cli'],
];

/** The folders and files of embedded-neutron in the same way. `main.ts`, `index.ts` and tests may import everything. */
const embeddedLadder = [
  ['error-table.ts'],
  ['errors.ts', 'log.ts', 'addresses'],
  ['http', 'northbound'],
  ['backend.ts'],
  ['policy'],
  ['attributes'],
  ['api', 'identity', 'metadata'],
  ['resources'],
  ['config.ts'],
  ['serve.ts'],
];

/** One rule per room of a package: no import from another room of its floor or from a floor above. */
function climb(name, floors) {
  const room = (path) => `^packages/${name}/src/${path}${path.endsWith('.ts') ? '$' : '/'}`;
  return floors.slice(0, -1).flatMap((floor, level) =>
    floor.map((path) => ({
      name: `ladder-${name}-${path}`,
      comment: `${path} stands on the rooms below it; see the ladders in .dependency-cruiser.cjs.`,
      severity: 'error',
      from: { path: room(path), pathNot: '\\.test\\.ts$' },
      to: { path: [...floor.filter((other) => other !== path), ...floors.slice(level + 1).flat()].map(room) },
    })),
  );
}

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'A cycle hides which of two things comes first.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'protocol-packages-stand-alone',
      comment: 'ovsdb, netlink and openstack know nothing of us and nothing of each other.',
      severity: 'error',
      from: { path: '^packages/(ovsdb|netlink|openstack)/' },
      to: { path: '^(packages|lab|test|bench)/', pathNot: '^packages/$1/' },
    },
    {
      name: 'embedded-neutron-uses-ovsdb-and-types',
      comment:
        'embedded-neutron is a server on OVN NB: the OVSDB client and the wire types are all it needs of ours.',
      severity: 'error',
      from: { path: inside('embedded-neutron') },
      to: { path: '^(packages/(netlink|ovn-docker)|lab|test|bench)/' },
    },
    {
      name: 'embedded-neutron-only-types-of-openstack',
      comment: 'The server must not depend on the code of the client.',
      severity: 'error',
      from: { path: inside('embedded-neutron'), pathNot: '\\.test\\.ts$' },
      to: { path: inside('openstack'), dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'product-does-not-know-the-lab',
      severity: 'error',
      from: { path: inside('ovn-docker') },
      to: { path: '^(packages/embedded-neutron|lab|test|bench)/' },
    },
    ...climb('ovn-docker', ladder),
    ...climb('embedded-neutron', embeddedLadder),
    {
      name: 'dialects-do-not-mix',
      severity: 'error',
      from: { path: '^packages/ovn-docker/src/plugins/([^/]+)/' },
      to: { path: '^packages/ovn-docker/src/plugins/', pathNot: '^packages/ovn-docker/src/plugins/$1/' },
    },
    {
      name: 'handlers-never-call-docker',
      comment: 'dockerd waits for the handler; a handler that asked dockerd would wait for ever.',
      severity: 'error',
      from: { path: product('plugins', 'networks', 'pools', 'lifecycle', 'attach', 'nics', 'vm') },
      to: { path: 'clients/docker-engine' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(node_modules|dist|generated)/' },
    enhancedResolveOptions: {
      conditionNames: ['source', 'import', 'default'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};
