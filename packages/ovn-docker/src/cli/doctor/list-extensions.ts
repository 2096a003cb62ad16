import { OvnDockerError } from '../../errors.ts';
import { chooseMode, PARENT_BINDING_EXTENSION, TRUNK_EXTENSION } from '../../nics/mode.ts';
import { type Link, need } from './link.ts';

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
    Object.assign(patient.found, { extensions, mode });
    const deciding = [PARENT_BINDING_EXTENSION, TRUNK_EXTENSION].filter(has);
    const how = wanted === 'auto' ? 'detected' : 'forced by the configuration';
    return {
      facts: [`${extensions.length}, among them: ${deciding.join(', ') || 'neither'}; mode ${mode}, ${how}`],
    };
  },
};
