import { readObject } from '../../api/read-body.ts';
import type { Routes } from '../../api/routes.ts';
import type { Backend } from '../../backend.ts';
import { requireWriter } from '../../policy/caller.ts';
import { addSubPorts, ownTrunk, removeSubPorts } from './change.ts';
import { renderTrunk } from './render.ts';

/** Adds the routes for a trunk's subports. As in Neutron, a change returns a bare trunk, not `{trunk: …}`. */
export function serveSubPorts(routes: Routes, backend: Backend): void {
  routes.get('/v2.0/trunks/:id/get_subports', (context) => {
    const trunk = ownTrunk(backend, context.get('caller'), context.req.param('id'));
    return context.json({ sub_ports: trunk.sub_ports });
  });

  const changes = { add_subports: addSubPorts, remove_subports: removeSubPorts };
  for (const [name, change] of Object.entries(changes)) {
    routes.put(`/v2.0/trunks/:id/${name}`, async (context) => {
      const caller = context.get('caller');
      const id = context.req.param('id');
      requireWriter(caller, name);
      const body = await readObject(context);
      await change(backend, caller, id, body['sub_ports']);
      return context.json(renderTrunk(backend, caller, ownTrunk(backend, caller, id)));
    });
  }
}
