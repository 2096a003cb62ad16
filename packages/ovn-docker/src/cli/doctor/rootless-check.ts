import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DockerEngine } from '../../clients/docker-engine.ts';
import { OvnDockerError } from '../../errors.ts';
import type { Check } from '../checklist/check.ts';
import type { DoctorContext } from './context.ts';

/** Where rootless engines have their sockets, below the directory of a user's session (pam_systemd(8)). */
const ROOTLESS_SOCKETS = { dockerd: 'docker.sock', podman: 'podman/podman.sock' } as const;

/** Whether the engine that the agent serves is root's Docker: no other one can use the driver. */
export const rootlessCheck = rootlessCheckIn('/run/user');

/** @param sessions the directory with one directory for each user's session, named by the user's id */
export function rootlessCheckIn(sessions: string): Check<DoctorContext> {
  return {
    name: "root's Docker",

    async run({ settings: { config } }) {
      const { socket } = config.docker;
      await using docker = new DockerEngine(socket);
      const { isPodman, isRootless } = await docker.kind();
      if (isRootless) throw rootless(isPodman ? 'Podman' : 'Docker', socket);
      if (isPodman) {
        const message = `Podman answers on ${socket}: it uses no network driver of Docker's plugins`;
        const hint = "install Docker, and set `docker.socket` in the configuration to dockerd's socket";
        throw new OvnDockerError('E_ENGINE', message, { hint });
      }
      return { facts: [`dockerd on ${socket} runs as root`, ...(await rootlessEngines(sessions))] };
    },
  };
}

function rootless(engine: string, socket: string): OvnDockerError {
  const message = `${engine} on ${socket} is rootless: its containers are in a network namespace of its user, which the agent's interfaces cannot enter`;
  const hint =
    "use root's dockerd: `systemctl enable --now docker`, `docker context use default`, and `docker.socket: /var/run/docker.sock` in the configuration";
  return new OvnDockerError('E_ENGINE', message, { hint });
}

/** One fact for each rootless engine beside root's. */
async function rootlessEngines(sessions: string): Promise<string[]> {
  const users = await readdir(sessions).catch(() => []);
  return users.flatMap((user) =>
    Object.entries(ROOTLESS_SOCKETS).flatMap(([engine, name]) => {
      const socket = join(sessions, user, name);
      if (!existsSync(socket)) return [];
      return [`user ${user} has a rootless ${engine} (${socket}): its containers cannot use ovn-docker`];
    }),
  );
}
