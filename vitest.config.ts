import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Resolves the workspace's packages to their sources, by the condition "source" in their package.json. */
const fromSource = { resolve: { conditions: ['source'] }, ssr: { resolve: { conditions: ['source'] } } };

/**
 * With CLOUD=openstack the labs run a real Keystone and Neutron. The system tests run there too, and so do
 * the tests of test/openstack, on the same lab. Some files are left out because they test embedded-neutron
 * itself (ownership), need its configuration (trunk-refused) or test the isolation of labs, which does not
 * depend on the cloud (two-labs). The guest tests there are those of test/vm/openstack. ENGINE, with which
 * `npm run test:engines` chooses the VMs' Docker, adds test/engines.
 */
const isOpenstack = process.env['CLOUD'] === 'openstack';
const system = isOpenstack
  ? {
      include: ['test/system/**/*.test.ts', 'test/openstack/**/*.test.ts'],
      exclude: ['test/system/{tenants/ownership,neutron/trunk-refused,machine/two-labs}.test.ts'],
    }
  : { include: ['test/system/**/*.test.ts', ...(process.env['ENGINE'] ? ['test/engines/*.test.ts'] : [])] };

/** Time limit of a test in milliseconds; longer with a real Neutron, which needs longer for every port. */
const timeLimit = (usual: number) => (isOpenstack ? 600_000 : usual);

/**
 * Unit tests are beside the code; the tests of the OVSDB and OpenFlow clients start real servers; system and
 * fault tests start one lab for all of their files and run one file at a time, because the files share the
 * lab's machines.
 */
export default defineConfig({
  test: {
    projects: [
      {
        ...fromSource,
        test: {
          name: 'unit',
          include: ['{packages/*,lab}/src/**/*.test.ts', '{test/support,scripts}/**/*.test.ts'],
          // By default, Vitest leaves one processor idle: half of a machine with two.
          maxWorkers: Math.max(2, availableParallelism() - 1),
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        ...fromSource,
        test: {
          name: 'ovsdb',
          include: ['packages/ovsdb/test/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      {
        ...fromSource,
        test: {
          name: 'openflow',
          include: ['packages/openflow/test/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        ...fromSource,
        test: {
          name: 'system',
          ...system,
          globalSetup: ['test/system/raise-lab.ts'],
          fileParallelism: false,
          testTimeout: timeLimit(120_000),
          hookTimeout: timeLimit(300_000),
        },
      },
      {
        ...fromSource,
        test: {
          name: 'soak',
          include: ['test/soak/*.test.ts'],
          globalSetup: ['test/system/raise-lab.ts'],
          fileParallelism: false,
          hookTimeout: timeLimit(300_000),
        },
      },
      {
        ...fromSource,
        test: {
          name: 'replicas',
          include: ['test/replicas/*.test.ts'],
          fileParallelism: false,
          testTimeout: 900_000,
          hookTimeout: 120_000,
        },
      },
      {
        ...fromSource,
        test: {
          name: 'outside',
          include: ['test/outside/*.test.ts'],
          globalSetup: ['test/system/raise-lab.ts'],
          fileParallelism: false,
        },
      },
      {
        ...fromSource,
        test: {
          name: 'packages',
          include: ['test/packages/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 600_000,
        },
      },
      {
        ...fromSource,
        test: {
          name: 'vm',
          include: [isOpenstack ? 'test/vm/openstack/*.test.ts' : 'test/vm/*.test.ts'],
          globalSetup: ['test/vm/raise-lab.ts'],
          fileParallelism: false,
          testTimeout: timeLimit(900_000),
          hookTimeout: timeLimit(900_000),
        },
      },
      {
        ...fromSource,
        test: {
          name: 'contract',
          include: ['test/contract/*.test.ts'],
          globalSetup: ['test/contract/raise-lab.ts'],
        },
      },
      {
        ...fromSource,
        test: { name: 'hostile', include: ['packages/embedded-neutron/test/hostile/*.test.ts'] },
      },
      {
        ...fromSource,
        test: {
          name: 'broker',
          include: ['test/broker/*.test.ts', 'test/faults/{api-faults,crash-points}.test.ts'],
          globalSetup: ['test/broker/raise-lab.ts'],
          fileParallelism: false,
          testTimeout: timeLimit(180_000),
          hookTimeout: timeLimit(300_000),
        },
      },
      {
        ...fromSource,
        test: {
          name: 'faults',
          include: ['test/faults/*.test.ts'],
          globalSetup: ['test/faults/raise-lab.ts'],
          fileParallelism: false,
          testTimeout: timeLimit(180_000),
          hookTimeout: timeLimit(300_000),
        },
      },
    ],
  },
});
