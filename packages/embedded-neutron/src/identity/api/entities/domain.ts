import { z } from 'zod';
import { KeystoneError } from '../../../errors.ts';
import { deleteDomain } from '../../delete-entities.ts';
import type { Domain } from '../../entities.ts';
import {
  description,
  type EntityApi,
  mergeExtra,
  options,
  readChange,
  readNew,
  shortName,
  tags,
} from './entity-api.ts';

const attributes = {
  name: shortName,
  description: description.nullish(),
  enabled: z.boolean().optional(),
  tags: tags.optional(),
  options: options.optional(),
};

/** /v3/domains. */
export const domainApi: EntityApi<Domain> = {
  singular: 'domain',
  plural: 'domains',
  filters: ['name', 'enabled'],
  store: ({ directory }) => directory.domains,
  domainOf: ({ id }) => id,
  render: ({ extra, ...domain }, url) => ({
    ...extra,
    ...domain,
    options: {},
    links: { self: `${url}/v3/domains/${domain.id}` },
  }),
  mayRead: (_identity, { user, project }, id) => user.domain_id === id || project?.domain_id === id,
  make: async (_change, id, body) => {
    const { given, extra } = readNew(attributes, body);
    return {
      id,
      name: given.name,
      description: given.description ?? '',
      enabled: given.enabled ?? true,
      tags: given.tags ?? [],
      extra,
    };
  },
  change: async (_change, body) => {
    const { given, extra } = readChange(attributes, body);
    return (before) => ({
      ...before,
      name: given.name ?? before.name,
      description: given.description ?? before.description,
      enabled: given.enabled ?? before.enabled,
      tags: given.tags ?? before.tags,
      extra: mergeExtra(before.extra, extra),
    });
  },
  delete: (tx, identity, domain) => {
    if (domain.enabled) {
      identity.directory.domains.requireStored(domain.id, 'deleted');
      throw new KeystoneError(403, 'Cannot delete a domain that is enabled, please disable it first.');
    }
    deleteDomain(tx, identity, domain.id);
  },
};
