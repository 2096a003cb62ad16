import { z } from 'zod';
import { deleteRole } from '../../delete-entities.ts';
import type { Role } from '../../entities.ts';
import {
  description,
  type EntityApi,
  longName,
  mergeExtra,
  options,
  readChange,
  readNew,
} from './entity-api.ts';

const attributes = {
  name: longName,
  description: description.optional(),
  domain_id: z.null('embedded-neutron has no roles of a domain').optional(),
  options: options.optional(),
};

/** /v3/roles. */
export const roleApi: EntityApi<Role> = {
  singular: 'role',
  plural: 'roles',
  filters: ['name', 'domain_id'],
  store: ({ directory }) => directory.roles,
  domainOf: () => undefined,
  render: ({ extra, ...role }, url) => ({
    ...extra,
    ...role,
    domain_id: null,
    options: {},
    links: { self: `${url}/v3/roles/${role.id}` },
  }),
  mayRead: () => false,
  make: async (_change, id, body) => {
    const { given, extra } = readNew(attributes, body);
    return { id, name: given.name, description: given.description ?? null, extra };
  },
  change: async (_change, body) => {
    const { given, extra } = readChange(attributes, body);
    return (before) => ({
      ...before,
      name: given.name ?? before.name,
      description: given.description ?? before.description,
      extra: mergeExtra(before.extra, extra),
    });
  },
  delete: (tx, identity, { id }) => deleteRole(tx, identity, id),
};
