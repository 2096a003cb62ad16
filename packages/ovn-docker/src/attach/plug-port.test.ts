import { expect, it } from 'vitest';
import { createWorld } from '../../test/support/world.ts';
import { acquire } from '../lifecycle/acquire.ts';
import { renew } from '../lifecycle/renew.ts';
import { interfaceNames } from '../nics/names.ts';

it('the VM’s end is up although ovs-vswitchd takes it down while it opens the port', async () => {
  const { engine, pool, vm, links, vmSwitch } = createWorld();
  const plug = vmSwitch.plug.bind(vmSwitch);
  vmSwitch.plug = async (ports) => {
    await plug(ports);
    for (const { name } of ports) links.setLink(name, { up: false });
  };
  const nic = await acquire(engine, { pool, wants: { name: '' }, claim: { label: 'a' } });
  const { vmEnd } = interfaceNames(nic.vlan);
  expect(links.link(vmEnd)?.up).toBe(true);

  // The container has ended, and the kernel has deleted the pair with its namespace.
  links.deleteLink(vmEnd);
  await renew(nic, vm);
  expect(links.link(vmEnd)?.up).toBe(true);
});
