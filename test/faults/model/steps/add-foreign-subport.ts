import { subport } from '../../../support/trunk-scene.ts';
import { step } from '../step.ts';

/** As many as there may be at a time. */
const MOST = 4;

/** Another client of the tenant's puts a port of its own on the VM's trunk, under the `index`-th of the VLANs that are free. */
export function addForeignSubport(index: number) {
  return step({
    name: `foreign(${index})`,
    isPossible: ({ foreign }) => foreign.size < MOST,
    async act(model, { scene }) {
      const port = await scene.api.create('port', { network_id: scene.network.id, name: 'foreign' });
      const trunk = await scene.trunk();
      for (;;) {
        const used = new Set(await scene.vlansInUse());
        const vlan =
          Array.from({ length: 4094 }, (_, n) => n + 1).filter((tag) => !used.has(tag))[index] ?? 0;
        const { status, body } = await scene.api.call('PUT', `trunks/${trunk.id}/add_subports`, {
          sub_ports: [subport(port.id, vlan)],
        });
        if (status === 200) {
          model.foreign.set(port.id, vlan);
          break;
        }
        // The agent was quicker, for its pool.
        if (status !== 409) throw new Error(`add_subports: ${status} ${JSON.stringify(body)}`);
      }
      model.isDisturbed = true;
    },
  });
}
