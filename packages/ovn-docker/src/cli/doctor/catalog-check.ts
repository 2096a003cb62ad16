import { type Link, need } from '../checklist/check.ts';

/** Where Neutron is. */
export const readCatalog: Link = {
  name: 'catalog',

  async look(patient) {
    const url = await need(patient, 'cloud').session.endpoint('network');
    const { catalog = [] } = need(patient, 'token');
    return { facts: [`network service at ${url}; ${catalog.length} services in all`] };
  },
};
