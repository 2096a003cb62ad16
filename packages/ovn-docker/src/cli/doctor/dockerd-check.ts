import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DockerEngine } from '../../clients/docker-engine.ts';
import type { Check } from '../checklist/check.ts';
import type { DoctorContext } from './context.ts';

/** Whether dockerd answers, and whether it can find the driver's socket. */
export const dockerdCheck: Check<DoctorContext> = {
  name: 'dockerd',

  async run({ settings, findings }) {
    const { socket, plugins_dir, driver } = settings.config.docker;
    await using docker = new DockerEngine(socket);
    const { engine, api } = await docker.version();
    findings.dockerRelease = engine;
    const plugin = join(plugins_dir, `${driver}.sock`);
    const state = existsSync(plugin) ? 'exists' : 'does not exist yet: the agent creates it';
    return { facts: [`Docker ${engine}, API ${api}; socket of driver ${driver} ${state}`] };
  },
};
