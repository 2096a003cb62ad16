/** Which folder may import which, as ARCHITECTURE.md says. An import that breaks a rule fails `npm test`. */
const inside = (...names) => `^packages/(${names.join('|')})/`;
const product = (...folders) => `^packages/ovn-docker/src/(${folders.join('|')})/`;

/**
 * The rooms of ovn-docker, one floor per line, the lowest first: a room may import itself and the rooms of lower
 * floors, but no other room of its own floor. `main.ts` and tests may import everything.
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
  ['health'],
  ['plugins', 'api'],
  ['reconcile'],
  ['agent'],
  ['cli'],
];

/** The folders and files of embedded-neutron in the same way. `main.ts`, `index.ts` and tests may import everything. */
const embeddedLadder = [
  ['error-table.ts'],
  ['errors.ts', 'limits.ts', 'log.ts', 'addresses'],
  ['http', 'northbound'],
  ['backend.ts'],
  ['policy'],
  ['attributes'],
  ['api', 'identity', 'metadata'],
  ['resources'],
  ['config.ts'],
  ['front.ts'],
  ['serve.ts'],
];

/** The folders and files of the broker in the same way. `main.ts` and tests may import everything. */
const brokerLadder = [
  ['error-table.ts'],
  ['errors.ts', 'log.ts'],
  ['records', 'config.ts'],
  ['certificates', 'policy'],
  ['cloud'],
  ['access'],
  ['api', 'listen.ts'],
  ['serve.ts'],
  ['commands'],
];

/** One rule per room of a package: no import from another room of its floor or from a floor above. */
function climb(name, floors) {
  const room = (path) => `^packages/${name}/src/${path}${path.endsWith('.ts') ? '$' : '/'}`;
  return floors.slice(0, -1).flatMap((floor, level) =>
    floor.map((path) => ({
      name: `ladder-${name}-${path}`,
      comment: `${path} may import only rooms of lower floors; see the ladders in .dependency-cruiser.cjs.`,
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
      comment: 'A cycle hides which of two files depends on the other.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'protocol-packages-stand-alone',
      comment:
        'ovsdb, openflow, netlink, openstack, config-file and http-server import neither each other nor anything else of this repository.',
      severity: 'error',
      from: { path: '^packages/(ovsdb|openflow|netlink|openstack|config-file|http-server)/' },
      to: { path: '^(packages|lab|test|bench)/', pathNot: '^packages/$1/' },
    },
    {
      name: 'embedded-neutron-uses-ovsdb-and-types',
      comment:
        'embedded-neutron is a server on OVN Northbound: it needs only the OVSDB client, config-file, http-server and types of openstack.',
      severity: 'error',
      from: { path: inside('embedded-neutron') },
      to: { path: '^(packages/(netlink|openflow|ovn-docker)|lab|test|bench)/' },
    },
    {
      name: 'embedded-neutron-only-types-of-openstack',
      comment:
        'The server must not depend on the code of the client, except where it is a client of Keystone itself.',
      severity: 'error',
      from: {
        path: inside('embedded-neutron'),
        pathNot: '\\.test\\.ts$|^packages/embedded-neutron/src/identity/keystone/',
      },
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
    ...climb('credential-broker', brokerLadder),
    {
      name: 'broker-uses-openstack-config-file-and-http-server',
      comment: 'The broker works with every Neutron: it knows neither OVN nor the agent.',
      severity: 'error',
      from: { path: inside('credential-broker'), pathNot: '(^|/)test/|\\.test\\.ts$' },
      to: { path: '^(packages/(ovsdb|openflow|netlink|embedded-neutron|ovn-docker)|lab|test|bench)/' },
    },
    {
      name: 'dialects-do-not-mix',
      severity: 'error',
      from: { path: '^packages/ovn-docker/src/plugins/([^/]+)/' },
      to: { path: '^packages/ovn-docker/src/plugins/', pathNot: '^packages/ovn-docker/src/plugins/$1/' },
    },
    {
      name: 'handlers-never-call-docker',
      comment: 'dockerd waits for the handler: a handler that called dockerd would wait for itself.',
      severity: 'error',
      from: { path: product('plugins', 'networks', 'pools', 'lifecycle', 'attach', 'nics', 'vm') },
      // health/ asks Docker.
      to: { path: ['clients/docker-engine', product('health')] },
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
