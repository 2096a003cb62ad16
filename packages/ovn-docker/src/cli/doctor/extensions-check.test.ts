import { OpenStackError } from '@ovn-docker/openstack';
import { expect, it } from 'vitest';
import type { ParentMode } from '../../vm/parent-link/parent-mode.ts';
import type { DoctorContext } from './context.ts';
import { extensionsCheck } from './extensions-check.ts';

/** A context in which Neutron has these extensions and the credential has this role. */
function contextOf(mode: ParentMode | 'auto', role: string, ...extensions: string[]): DoctorContext {
  const neutron = { extensions: async () => extensions.map((alias) => ({ alias })) };
  const findings = { cloud: { neutron }, access: { roles: [{ name: role }] } };
  return { settings: { config: { mode } }, findings } as unknown as DoctorContext;
}

it('refuses the configured mode port-binding for a member if Neutron has only the trunk extension', async () => {
  await expect(extensionsCheck.run(contextOf('port-binding', 'member', 'trunk'))).rejects.toMatchObject({
    code: 'E_PARENT_MODE',
    hint: expect.stringContaining('leave `mode` out'),
  });
});

it.each([
  ['port-binding', 'admin', 'trunk'],
  ['port-binding', 'member', 'container-parent-binding'],
  ['trunk', 'member', 'trunk'],
  ['auto', 'member', 'trunk'],
] as const)('accepts mode %s for role %s with extension %s', async (mode, role, extension) => {
  expect((await extensionsCheck.run(contextOf(mode, role, extension))).facts).toHaveLength(1);
});

it('refuses the configured mode trunk without the trunk extension', async () => {
  await expect(extensionsCheck.run(contextOf('trunk', 'member'))).rejects.toMatchObject({
    code: 'E_PARENT_MODE',
  });
});

it.each([404, 403])(
  'a cloud that answers %i to the list of extensions shows by its trunks that it has them',
  async (status) => {
    const refusal = new OpenStackError(
      { method: 'GET', url: 'http://neutron.test/v2.0/extensions' },
      { status, type: '', reason: 'no' },
    );
    const context = (mode: ParentMode | 'auto', hasTrunks: boolean) => {
      const { settings, findings } = contextOf(mode, 'member');
      const trunks = {
        async *list() {
          if (!hasTrunks) throw refusal;
          yield { id: 'a' };
        },
      };
      const neutron = { trunks, extensions: () => Promise.reject(refusal) };
      return { settings, findings: { ...findings, cloud: { neutron } } } as unknown as DoctorContext;
    };
    for (const mode of ['auto', 'trunk'] as const) {
      expect((await extensionsCheck.run(context(mode, true))).facts).toHaveLength(1);
      await expect(extensionsCheck.run(context(mode, false))).rejects.toMatchObject({
        code: 'E_PARENT_MODE',
      });
    }
  },
);
