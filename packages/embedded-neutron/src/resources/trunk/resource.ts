import { by } from '../../api/filter-index.ts';
import { isBool, isText } from '../../api/filters.ts';
import { defineResource } from '../../api/resource.ts';
import { neutronError } from '../../errors.ts';
import { touched } from '../../northbound/external-ids.ts';
import { portsById } from '../../northbound/port-indexes.ts';
import { findTrunk, trunkRows, trunksById, trunksByProject } from '../../northbound/trunks.ts';
import { owns } from '../../policy/caller.ts';
import { trunkSchema } from './attributes.ts';
import { deleteTrunk, updateTrunk, writeTrunk } from './change.ts';
import { insertTrunks, parseTrunk } from './create.ts';
import { renderTrunk } from './render.ts';
import { serveSubPorts } from './serve-subports.ts';

/** Trunks. */
export const trunks = defineResource({
  plural: 'trunks',
  path: 'trunks',
  quota: -1,
  rows: trunkRows,
  byId: trunksById,
  byProject: trunksByProject,
  indexes: { port_id: by(portsById) },
  filters: { name: isText, port_id: isText, admin_state_up: isBool },
  sortKeys: ['name', 'port_id', 'status', 'admin_state_up'],
  extensions: [
    {
      alias: 'trunk',
      name: 'Trunk Extension',
      description: 'Provides support for trunk ports',
      updated: '2016-01-01T10:00:00-00:00',
    },
    {
      alias: 'trunk-details',
      name: 'Trunk port details',
      description: 'Expose trunk port details',
      updated: '2016-01-01T10:00:00-00:00',
    },
  ],
  ...trunkSchema,
  routes: serveSubPorts,
  byExtension: true,
  notFound: (id) => neutronError('TrunkNotFound', id),
  find: ({ nb }, id) => findTrunk(nb, id),
  isVisible: (_backend, caller, trunk) => owns(caller, trunk),
  render: renderTrunk,
  parse: parseTrunk,
  insert: insertTrunks,
  update: updateTrunk,
  delete: deleteTrunk,
  retag: (backend, tx, trunk, tags) => writeTrunk(backend, tx, trunk, { ...trunk, tags, ...touched(trunk) }),
});
