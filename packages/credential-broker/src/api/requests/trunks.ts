import { type Item, shown } from '../../cloud/list-visible.ts';
import type { Answer } from '../../cloud/neutron-api.ts';
import { readAddedSubports, readRemovedSubports } from '../../policy/bodies.ts';
import { readQuery } from '../../policy/read-query.ts';
import type { AllowedRequest, Backend, Call } from '../call.ts';
import { list } from './read.ts';

/** The trunk on the VM's own port. */
export const trunkRequests: readonly AllowedRequest[] = [
  {
    method: 'GET',
    path: '/trunks',
    checks: "The trunk on the VM's own port.",
    run: (call, backend) =>
      list(call, backend, backend.trunks.view(call.vm), ['id', 'name', 'port_id', 'status']),
  },
  {
    method: 'PUT',
    path: '/trunks/{id}/add_subports',
    checks: "The VM's own trunk; ports with the mark under a VLAN from 1 to 4094.",
    run: async (call, backend) => {
      const subports = readAddedSubports(await call.body());
      await backend.trunks.requireOwn(call.vm, call.id);
      await backend.ports.requireMarked(
        call.vm,
        subports.map(({ port_id }) => port_id),
      );
      return change(call, backend, 'add_subports', subports);
    },
  },
  {
    method: 'PUT',
    path: '/trunks/{id}/remove_subports',
    checks: "The VM's own trunk; any of its subports.",
    run: async (call, backend) => {
      const subports = readRemovedSubports(await call.body());
      await backend.trunks.requireOwn(call.vm, call.id);
      return change(call, backend, 'remove_subports', subports);
    },
  },
];

/** Neutron answers with the bare trunk. */
async function change(
  call: Call,
  { api }: Backend,
  action: 'add_subports' | 'remove_subports',
  subports: readonly object[],
): Promise<Answer> {
  readQuery(call.query, []);
  const answer = await api.send({
    method: 'PUT',
    path: `/trunks/${call.id}/${action}`,
    body: { sub_ports: subports },
    items: subports.length,
    ...call.passed,
  });
  return { ...answer, body: shown(answer.body as Item, undefined) };
}
