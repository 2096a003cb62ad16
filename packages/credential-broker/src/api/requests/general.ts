import { extensionsFor } from '../../cloud/extensions.ts';
import type { Answer } from '../../cloud/neutron-api.ts';
import { readQuery } from '../../policy/read-query.ts';
import type { AllowedRequest, Backend, Call } from '../call.ts';
import { list, show } from './read.ts';

interface Usage {
  readonly limit: number;
  readonly used: number;
  readonly reserved: number;
}

/** Extensions, quotas and security groups, which a VM only reads. */
export const generalRequests: readonly AllowedRequest[] = [
  {
    method: 'GET',
    path: '/extensions',
    checks:
      'In mode trunk without the extension `container-parent-binding`, so that an agent chooses trunks.',
    run: async (call, { extensions, config }) => {
      readQuery(call.query, []);
      const all = extensionsFor(config.parent_mode, await extensions.read());
      return { status: 200, headers: {}, body: { extensions: all } };
    },
  },
  {
    method: 'GET',
    path: '/quotas/{project}/details.json',
    checks: "The VM's own project only. The quota of ports is the broker's, if less of it is left.",
    run: async (call, backend) => {
      readQuery(call.query, []);
      const path = `/quotas/${call.vm.invitation.project_id}/details.json`;
      const answer = await backend.api.send({ method: 'GET', path });
      return withOwnQuota(answer, call, backend);
    },
  },
  {
    method: 'GET',
    path: '/security-groups',
    checks: "The project's own.",
    run: (call, backend) =>
      list(call, backend, backend.groups.view(call.vm), ['id', 'name', 'description', 'project_id']),
  },
  {
    method: 'GET',
    path: '/security-groups/{id}',
    checks: "The project's own.",
    run: (call, backend) => show(call, backend, backend.groups.view(call.vm), 'security_group'),
  },
];

/** An agent leaves the last ports of a quota to other requests: it must know the smaller of the two. */
async function withOwnQuota(answer: Answer, { vm }: Call, { ports, config }: Backend): Promise<Answer> {
  const { quota } = answer.body as { readonly quota: Readonly<Record<string, Usage>> };
  const { limit = -1, used = 0, reserved = 0 } = quota['port'] ?? {};
  const most = mostPorts(vm, config);
  const own = await ports.count(vm);
  const isSmaller = limit < 0 || most - own < limit - used - reserved;
  const port = isSmaller ? { limit: most, used: own, reserved: 0 } : { limit, used, reserved };
  return { ...answer, body: { quota: { ...quota, port } } };
}

/** The number of ports that a VM may have. */
export function mostPorts({ invitation }: Call['vm'], { limits }: Backend['config']): number {
  return invitation.max_ports ?? limits.ports;
}
