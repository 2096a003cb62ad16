import { expect, it } from 'vitest';
import type { ParentMode } from '../../vm/parent-link/parent-mode.ts';
import type { Patient } from '../checklist/check.ts';
import { listExtensions } from './extensions-check.ts';

/** Neutron with these extensions, asked by somebody with this role. */
function patient(mode: ParentMode | 'auto', role: string, ...extensions: string[]): Patient {
  const neutron = { extensions: async () => extensions.map((alias) => ({ alias })) };
  const found = { cloud: { neutron }, token: { roles: [{ name: role }] } };
  return { settings: { config: { mode } }, found } as unknown as Patient;
}

it('port binding that is forced, for a member of a stock cloud: says that it will not do', async () => {
  await expect(listExtensions.look(patient('port-binding', 'member', 'trunk'))).rejects.toMatchObject({
    code: 'E_PARENT_MODE',
    hint: expect.stringContaining('leave `mode` out'),
  });
});

it.each([
  ['port-binding', 'admin', 'trunk'],
  ['port-binding', 'member', 'container-parent-binding'],
  ['trunk', 'member', 'trunk'],
  ['auto', 'member', 'trunk'],
] as const)('%s as %s with %s will do', async (mode, role, extension) => {
  expect((await listExtensions.look(patient(mode, role, extension))).facts).toHaveLength(1);
});

it('a trunk that is forced where there are none', async () => {
  await expect(listExtensions.look(patient('trunk', 'member'))).rejects.toMatchObject({
    code: 'E_PARENT_MODE',
  });
});
