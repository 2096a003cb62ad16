import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import { Switch } from '../../../../openflow/test/support/switch.ts';
import { fakeSwitchControl } from '../../../test/support/fake-switch-control.ts';
import type { DoctorContext } from './context.ts';
import { handlersCheck } from './handlers-check.ts';

const run = (directory: string) =>
  handlersCheck.run({
    settings: { config: { ovs: { remote: `unix:${directory}/db.sock` } } },
  } as unknown as DoctorContext);

/** The answer of a real ovs-vswitchd 3.1 to `memory/show`, with this part about handlers. */
const memory = (handlers: string) =>
  `cells:176 ${handlers}idl-cells-Open_vSwitch:1284 ports:4 revalidators:1 rules:9 udpif keys:2\n`;

async function runWith(datapaths: string, handlers: string) {
  await using control = await fakeSwitchControl({
    'dpctl/dump-dps': datapaths,
    'memory/show': memory(handlers),
  });
  return await run(control.directory);
}

it('counts the handlers of a datapath in the kernel', async () => {
  expect(await runWith('system@ovs-system\n', 'handlers:2 ')).toEqual({
    facts: ['2 handlers for packets without a flow in the kernel'],
  });
});

it('scenario 44: an ovs-vswitchd that started too early and has no handler is the fault', async () => {
  for (const datapaths of ['system@ovs-system\n', 'netdev@ovs-netdev\nsystem@ovs-system\n']) {
    await expect(runWith(datapaths, '')).rejects.toMatchObject({
      code: 'E_SWITCH',
      message: expect.stringContaining('no handler thread'),
      hint: expect.stringContaining('systemctl restart openvswitch-switch'),
    });
  }
});

it('a datapath in user space needs no handlers', async () => {
  await using bridge = await Switch.start();
  expect(await run(dirname(bridge.socket))).toEqual({
    facts: ['no datapath in the kernel, which alone needs handlers: dummy@ovs-dummy'],
  });
  expect(await runWith('', '')).toMatchObject({ facts: [expect.stringMatching(/: none$/)] });
});

it('is skipped where no ovs-vswitchd runs', async () => {
  expect(await run('/nowhere')).toEqual({
    facts: ['no ovs-vswitchd has its control socket in /nowhere'],
    isSkipped: true,
  });
});
