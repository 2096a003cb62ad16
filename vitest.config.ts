import { defineConfig } from 'vitest/config';

/** Our own packages from their sources, as package.json's "source" condition names them. */
const fromSource = { resolve: { conditions: ['source'] }, ssr: { resolve: { conditions: ['source'] } } };

/**
 * With CLOUD=openstack the labs have a real Keystone and Neutron: the same tests run there, and some that have no sense
 * elsewhere, on the same lab. What is about embedded-neutron itself is left out: which answers it gives to whom
 * (ownership), and that its labs keep out of each other's way (two-labs), which does not depend on the cloud.
 */
const isOpenstack = process.env['CLOUD'] === 'openstack';
const system = isOpenstack
  ? {
      include: ['test/system/**/*.test.ts', 'test/openstack/**/*.test.ts'],
      exclude: ['test/system/{tenants/ownership,machine/two-labs}.test.ts'],
    }
  : { include: ['test/system/**/*.test.ts'] };

/** How long a test may take, in milliseconds: a real Neutron takes its time for every port. */
const patience = (usual: number) => (isOpenstack ? 600_000 : usual);

/**
 * Unit tests stand beside the code; the tests of the OVSDB client start real servers; system and fault tests raise one lab each for all of
 * their files and run one file at a time, because the lab's machines are shared.
 */
export default defineConfig({
  test: {
    projects: [
      {
        ...fromSource,
        test: {
          name: 'unit',
          include: ['{packages/*,lab}/src/**/*.test.ts', '{test/support,scripts}/**/*.test.ts'],
          testTimeout: 30_000,
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
          name: 'system',
          ...system,
          globalSetup: ['test/system/raise-lab.ts'],
          fileParallelism: false,
          testTimeout: patience(120_000),
          hookTimeout: patience(300_000),
        },
      },
      {
        ...fromSource,
        test: {
          name: 'faults',
          include: ['test/faults/*.test.ts'],
          globalSetup: ['test/faults/raise-lab.ts'],
          fileParallelism: false,
          testTimeout: patience(180_000),
          hookTimeout: patience(300_000),
        },
      },
    ],
  },
});
