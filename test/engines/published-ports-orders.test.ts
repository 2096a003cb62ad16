import { openLab, waitFor } from '@ovn-docker/lab';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isSince } from '../support/engine.ts';
import { leavesNoTraces } from '../support/traces.ts';
import { DRIVERS, SERVE_ROUTES, Vm } from '../support/vm.ts';
import { LAB } from '../system/raise-lab.ts';

/**
 * Published ports of containers on a bridge and on a logical network. Docker joins the networks of a starting
 * container in an order that it draws at each start, and chooses the gateway by name; so a container on each
 * pair of networks starts several times.
 */
const lab = openLab(LAB);
const vm = new Vm(lab, 'vm-a');
const STARTS = 8;
const url = `http://${lab.state.vms['vm-a']?.address}:8150/`;
const PUBLISH = ['--publish', '8150:80'];

const NETWORKS = ['apps', 'dual', 'users', 'zusers'];

leavesNoTraces(lab);
beforeEach(async () => {
  await vm.tidy(...NETWORKS);
  await vm.docker('network', 'create', ...DRIVERS, '--subnet', '10.150.0.0/24', 'apps');
  const ranges = ['--ipv6', '--subnet', '10.151.0.0/24', '--subnet', 'fd00:151::/64'];
  await vm.docker('network', 'create', ...DRIVERS, ...ranges, 'dual');
  for (const name of ['users', 'zusers']) await vm.docker('network', 'create', name);
});
afterEach(() => vm.tidy(...NETWORKS));

const answersOutside = () =>
  waitFor('an answer at the published port', async () => {
    const { code } = await lab.machine('phys').run(['curl', '--silent', '--max-time', '1', url]);
    return code === 0;
  });
/** The default routes of a container, the one that the kernel uses first. */
const defaultRoutes = async (container: string) =>
  (await vm.docker('exec', container, 'ip', 'route'))
    .split('\n')
    .filter((line) => line.startsWith('default'));

it.each([
  ['users', 'apps'],
  ['apps', 'users'],
  ['zusers', 'apps'],
  ['apps', 'zusers'],
  ['dual', 'users'],
])(
  'scenario 47: created on %s, then connected to %s: in each of 8 starts the published port answers',
  async (first, second) => {
    const container = await vm.docker('create', '--network', first, ...PUBLISH, ...SERVE_ROUTES);
    try {
      await vm.docker('network', 'connect', second, container);
      for (let start = 0; start < STARTS; start++) {
        await vm.docker('start', container);
        await answersOutside();
        expect((await defaultRoutes(container))[0]).toMatch(/^default via 172\./);
        await vm.docker('stop', container);
      }
    } finally {
      await vm.docker('rm', '--force', container);
    }
  },
);

// gw-priority exists since Docker 28.
it.runIf(isSince(28, lab, 'vm-a')).each<[string, string[], RegExp]>([
  ['with -p: the bridge stays the gateway, and the port answers', PUBLISH, /^default via 172\./],
  ['without -p: the logical network is the gateway', [], /^default via 10\.150\.0\.1 /],
])('scenario 47: gw-priority for the logical network, %s', async (_, publish, gateway) => {
  const networks = ['--network', 'name=users', '--network', 'name=apps,gw-priority=10'];
  const container = await vm.runDetached(...networks, ...publish, ...SERVE_ROUTES);
  for (const again of ['start', 'restart', 'restart']) {
    await vm.docker(again, container);
    if (publish.length > 0) await answersOutside();
    expect((await defaultRoutes(container))[0]).toMatch(gateway);
  }
});
