import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DockerEngine } from '../../clients/docker-engine.ts';
import type { Link } from '../checklist/check.ts';

/** Whether Docker answers, and whether it finds our driver. */
export const askDockerd: Link = {
  name: 'dockerd',

  async look({ settings }) {
    const { socket, plugins_dir, driver } = settings.config.docker;
    await using docker = new DockerEngine(socket);
    const { engine, api } = await docker.version();
    const plugin = join(plugins_dir, `${driver}.sock`);
    const state = existsSync(plugin) ? 'is there' : 'is not there: the agent makes it';
    return { facts: [`Docker ${engine}, API ${api}; socket of driver ${driver} ${state}`] };
  },
};
