import type { Check } from '../checklist/check.ts';
import { type DoctorContext, requireFinding } from './context.ts';

/** Whether Keystone's catalog has the URL of Neutron. */
export const catalogCheck: Check<DoctorContext> = {
  name: 'catalog',

  async run(context) {
    const url = await requireFinding(context, 'cloud').session.endpoint('network');
    const { token } = requireFinding(context, 'access');
    if (token === undefined) return { facts: ['not needed: Neutron is behind the broker'], isSkipped: true };
    const { length } = token.catalog ?? [];
    return { facts: [`network service at ${url}; ${length} services in the catalog`] };
  },
};
