import { KeystoneError } from '../../../errors.ts';
import { deleteDomain } from '../../delete-entities.ts';
import type { Domain } from '../../entities.ts';
import {
  changedDescribed,
  describedAttributes,
  type EntityApi,
  newDescribed,
  readChange,
  readNew,
} from './entity-api.ts';

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
    const { given, extra } = readNew(describedAttributes, body);
    return { id, ...newDescribed(given, extra) };
  },
  change: async (_change, body) => {
    const { given, extra } = readChange(describedAttributes, body);
    return (before) => ({ ...before, ...changedDescribed(before, given, extra) });
  },
  delete: (tx, identity, domain) => {
    if (domain.enabled) {
      identity.directory.domains.requireStored(domain.id, 'deleted');
      throw new KeystoneError(403, 'Cannot delete a domain that is enabled, please disable it first.');
    }
    deleteDomain(tx, identity, domain.id);
  },
};
