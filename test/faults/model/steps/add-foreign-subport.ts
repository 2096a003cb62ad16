import { subport } from '../../../support/trunk-scene.ts';
import { step } from '../step.ts';

/** The maximum number of foreign subports at a time. */
const MOST = 4;

/** Another client of the tenant adds its own port to the VM's trunk, with the `index`-th free VLAN. */
export function addForeignSubport(index: number) {
  return step({
    name: `addForeign(${index})`,
    isPossible: ({ foreign }) => foreign.size < MOST,
    async act(model, { scene }) {
      const port = await scene.api.create('port', { network_id: scene.network.id, name: 'foreign' });
      const trunk = await scene.trunk();
      for (;;) {
        const used = new Set(await scene.vlansInUse());
        const vlan =
          Array.from({ length: 4094 }, (_, n) => n + 1).filter((candidate) => !used.has(candidate))[index] ??
          0;
        const { status, body } = await scene.api.call('PUT', `trunks/${trunk.id}/add_subports`, {
          sub_ports: [subport(port.id, vlan)],
        });
        if (status === 200) {
          model.foreign.set(port.id, vlan);
          break;
        }
        // The agent took the VLAN first, for its pool.
        if (status !== 409) throw new Error(`add_subports: ${status} ${JSON.stringify(body)}`);
      }
      model.isDisturbed = true;
    },
  });
}
