import type { Check } from '../checklist/check.ts';
import { type DoctorContext, requireFinding } from './context.ts';

/** Whether Keystone's catalog has the URL of Neutron. */
export const catalogCheck: Check<DoctorContext> = {
  name: 'catalog',

  async run(context) {
    const url = await requireFinding(context, 'cloud').session.endpoint('network');
    const { catalog = [] } = requireFinding(context, 'token');
    return { facts: [`network service at ${url}; ${catalog.length} services in the catalog`] };
  },
};
