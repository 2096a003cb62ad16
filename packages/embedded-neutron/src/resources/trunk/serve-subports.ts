import type { Hono } from 'hono';
import { readObject } from '../../api/read-body.ts';
import type { Variables } from '../../api/serve-resource.ts';
import type { Cloud } from '../../cloud.ts';
import { requireWriter } from '../../policy/caller.ts';
import { addSubPorts, ownTrunk, removeSubPorts } from './change.ts';
import { renderTrunk } from './resource.ts';

/** Adds the calls on a trunk's subports. The two that change it answer a bare trunk, as Neutron does. */
export function serveSubPorts(app: Hono<Variables>, cloud: Cloud): void {
  app.get('/v2.0/trunks/:id/get_subports', (context) => {
    const trunk = ownTrunk(cloud, context.get('caller'), context.req.param('id'));
    return context.json({ sub_ports: trunk.sub_ports });
  });

  const changes = { add_subports: addSubPorts, remove_subports: removeSubPorts };
  for (const [name, change] of Object.entries(changes)) {
    app.put(`/v2.0/trunks/:id/${name}`, async (context) => {
      const caller = context.get('caller');
      const id = context.req.param('id');
      requireWriter(caller, name);
      const body = await readObject(context);
      await change(cloud, caller, id, body['sub_ports']);
      return context.json(renderTrunk(cloud, caller, ownTrunk(cloud, caller, id)));
    });
  }
}
