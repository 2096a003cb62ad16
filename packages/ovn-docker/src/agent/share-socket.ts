import { chmod, chown, readFile } from 'node:fs/promises';
import type { AgentConfig } from '../config/agent-config.ts';
import { OvnDockerError } from '../errors.ts';
import type { Log } from '../observe/log.ts';

/**
 * Returns the function that lets the members of `socket_group` open the agent's socket. When that fails, only
 * root can open it, and the agent serves Docker all the same.
 */
export function sharedWith(
  { socket_group: group }: Pick<AgentConfig, 'socket_group'>,
  log: Pick<Log, 'warn'>,
): (socket: string) => Promise<void> {
  return async (socket) => {
    if (group === undefined) return;
    await shareSocket(socket, group).catch((error: OvnDockerError) =>
      log.warn({ code: error.code, hint: error.hint }, error.message),
    );
  };
}

/**
 * Lets the members of a group open a socket, as dockerd does with its own. The group is written before the
 * rights, so that no other group ever has them.
 * @param group name or number of the group (`socket_group` in the configuration)
 * @throws OvnDockerError `E_CONFIG` when there is no such group, or the agent may not change the socket
 */
export async function shareSocket(path: string, group: string, file = '/etc/group'): Promise<void> {
  const id = await groupId(group, file);
  if (id === undefined)
    throw new OvnDockerError('E_CONFIG', `socket_group: there is no group "${group}"`, {
      hint: `create it, \`groupadd ${group}\`, and restart the agent`,
    });
  try {
    await chown(path, process.getuid?.() ?? 0, id);
    await chmod(path, 0o660);
  } catch (error) {
    throw new OvnDockerError('E_CONFIG', `socket_group: ${(error as Error).message}`, {
      cause: error,
      hint: 'the unit of the agent must allow CAP_CHOWN and @chown, as the one of its package does',
    });
  }
}

/** The number of a group in group(5). A group of another source, such as LDAP, can be named by its number. */
async function groupId(group: string, file: string): Promise<number | undefined> {
  if (/^\d+$/.test(group)) return Number(group);
  const lines = (await readFile(file, 'utf8')).split('\n').map((line) => line.split(':'));
  const id = lines.find(([name]) => name === group)?.[2];
  return id === undefined ? undefined : Number(id);
}
