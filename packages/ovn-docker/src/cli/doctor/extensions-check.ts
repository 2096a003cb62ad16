import { readExtensions } from '../../clients/neutron/extensions.ts';
import { OvnDockerError } from '../../errors.ts';
import {
  chooseMode,
  mayBindPorts,
  PARENT_BINDING_EXTENSION,
  TRUNK_EXTENSION,
} from '../../vm/parent-link/parent-mode.ts';
import type { Check } from '../checklist/check.ts';
import { type DoctorContext, requireFinding } from './context.ts';

/** Which extensions Neutron has, and which parent mode follows from them and from the configuration. */
export const extensionsCheck: Check<DoctorContext> = {
  name: 'extensions',

  async run(context) {
    const { mode: configured } = context.settings.config;
    const extensions = await readExtensions(requireFinding(context, 'cloud').neutron);
    const { roles } = requireFinding(context, 'access');
    const mode = chooseMode(configured, { extensions, roles });
    const isOffered = (alias: string) => extensions.some((extension) => extension.alias === alias);
    if (mode === 'trunk' && !isOffered(TRUNK_EXTENSION)) {
      const message = `the configuration forces mode trunk, but this Neutron has no extension "${TRUNK_EXTENSION}"`;
      throw new OvnDockerError('E_PARENT_MODE', message);
    }
    if (mode === 'port-binding' && !mayBindPorts({ extensions, roles })) {
      const message = `the configuration forces mode port-binding; this Neutron has no extension "${PARENT_BINDING_EXTENSION}" and so allows the mode to admins only, but the credential is not an admin's`;
      const hint = isOffered(TRUNK_EXTENSION)
        ? 'leave `mode` out of the configuration: ovn-docker then uses a trunk'
        : "ask the operator of the cloud for the trunk extension, or use an admin's credential";
      throw new OvnDockerError('E_PARENT_MODE', message, { hint });
    }
    context.findings.mode = mode;
    const relevant = [PARENT_BINDING_EXTENSION, TRUNK_EXTENSION].filter(isOffered);
    const origin = configured === 'auto' ? 'detected' : 'forced by the configuration';
    return {
      facts: [
        `${extensions.length}; for parent and VLAN: ${relevant.join(', ') || 'none'}; mode ${mode}, ${origin}`,
      ],
    };
  },
};
