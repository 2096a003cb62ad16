import { expect, it } from 'vitest';
import { bridgeMtuCheck } from './bridge-mtu-check.ts';
import type { DoctorContext } from './context.ts';

interface Vm {
  readonly own?: number;
  readonly upper?: number;
  readonly requested?: number;
  readonly scopes?: readonly string[];
  readonly answer?: Promise<never>;
}

function run({ own, upper, requested, scopes = ['global', 'link'], answer }: Vm) {
  const mtus: Record<string, number | undefined> = { br0: own, eth0: upper };
  return bridgeMtuCheck.run({
    settings: { config: { ovs: { bridge: 'br0', remote: 'unix:/db.sock' }, uplink: 'eth0' } },
    netlink: {
      link: (name: string) => (mtus[name] === undefined ? undefined : { mtu: mtus[name] }),
      addresses: () => scopes.map((scope) => ({ scope })),
    },
    findings: {
      openedSwitch: answer ?? Promise.resolve({ port: () => ({ iface: { mtuRequest: requested } }) }),
    },
  } as unknown as DoctorContext);
}

const FIX = '`ovs-vsctl set interface br0 mtu_request=1500`';

it('a bridge that requests the MTU of the uplink is good', async () => {
  expect(await run({ own: 1500, upper: 1500, requested: 1500 })).toEqual({
    facts: ['br0 1500 (mtu_request 1500), uplink eth0 1500'],
    warnings: [],
  });
});

it.each<[string, Vm, string]>([
  ['that containers lowered', { own: 1442, upper: 1500 }, 'stall: Open vSwitch lowers br0'],
  ['that the next container will lower', { own: 1500, upper: 1500 }, 'the first container can stall'],
  ['with a smaller request', { own: 1400, upper: 1500, requested: 1400 }, 'br0 requests an MTU of 1400'],
  ['with a larger request', { own: 9000, upper: 1500, requested: 9000 }, 'lost at eth0: br0 allows 9000'],
])('scenario 45: warns of a bridge %s, with the command that repairs it', async (_, vm, message) => {
  const { warnings } = await run(vm);
  expect(warnings).toEqual([{ message: expect.stringContaining(message), hint: FIX }]);
});

it('a bridge without an address of the VM may have any MTU', async () => {
  for (const scopes of [[], ['link']]) {
    expect(await run({ own: 1442, upper: 1500, scopes })).toEqual({
      facts: ['br0 has no address: the VM itself does not use it'],
    });
  }
});

it('is skipped where the kernel has no such interface, or no switch answers', async () => {
  expect(await run({ own: 1500 })).toMatchObject({
    facts: [expect.stringMatching(/eth0$/)],
    isSkipped: true,
  });
  expect(await run({ upper: 1500 })).toMatchObject({
    facts: [expect.stringMatching(/br0$/)],
    isSkipped: true,
  });
  const answer = Promise.reject(new Error('no such socket'));
  expect(await run({ own: 1500, upper: 1500, answer })).toMatchObject({ isSkipped: true });
});
