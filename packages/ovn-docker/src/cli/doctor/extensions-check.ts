import { OvnDockerError } from '../../errors.ts';
import {
  chooseMode,
  mayBindPorts,
  PARENT_BINDING_EXTENSION,
  TRUNK_EXTENSION,
} from '../../vm/parent-link/parent-mode.ts';
import { type Link, need } from '../checklist/check.ts';

/** What this Neutron can do, and the way to tell it parent and VLAN that follows from that. */
export const listExtensions: Link = {
  name: 'extensions',

  async look(patient) {
    const { mode: wanted } = patient.settings.config;
    const extensions = await need(patient, 'cloud').neutron.extensions();
    const { roles = [] } = need(patient, 'token');
    const mode = chooseMode(wanted, { extensions, roles });
    const has = (alias: string) => extensions.some((extension) => extension.alias === alias);
    if (mode === 'trunk' && !has(TRUNK_EXTENSION)) {
      const message = `mode trunk is forced by the configuration, and this Neutron has no extension "${TRUNK_EXTENSION}"`;
      throw new OvnDockerError('E_PARENT_MODE', message);
    }
    if (mode === 'port-binding' && !mayBindPorts({ extensions, roles })) {
      const message = `mode port-binding is forced by the configuration; this Neutron has no extension "${PARENT_BINDING_EXTENSION}", so it is for admins only, and the credential is not one's`;
      const hint = has(TRUNK_EXTENSION)
        ? 'leave `mode` out of the configuration: then it is a trunk'
        : "ask the operator of the cloud for the trunk extension, or use an admin's credential";
      throw new OvnDockerError('E_PARENT_MODE', message, { hint });
    }
    Object.assign(patient.found, { extensions, mode });
    const deciding = [PARENT_BINDING_EXTENSION, TRUNK_EXTENSION].filter(has);
    const how = wanted === 'auto' ? 'detected' : 'forced by the configuration';
    return {
      facts: [`${extensions.length}, among them: ${deciding.join(', ') || 'neither'}; mode ${mode}, ${how}`],
    };
  },
};
