import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { cannotStart, explainSsh } from '../../clients/vm-sockets/ssh.ts';
import { type SshHost, sshArguments } from '../../clients/vm-sockets/ssh-host.ts';
import type { GlobalOptions } from '../global-options.ts';

/** The end of standard error that is kept, in characters, to explain a failure. */
const LONGEST_COMPLAINT = 4096;

/**
 * Runs an ovn-docker command in the VM by ssh(1), on this terminal. A token reaches it by standard input:
 * arguments are visible to every user of both machines.
 * @param words the command with its arguments and options
 * @returns its exit code
 * @throws OvnDockerError `E_SSH`, `E_NO_PROGRAM`
 */
export async function runThere(
  host: SshHost,
  options: GlobalOptions,
  words: readonly string[],
  token?: string,
): Promise<number> {
  const command = ['ovn-docker', ...optionsThere(options, token), ...words].map(quoted).join(' ');
  const terminal = token === undefined && process.stdin.isTTY && process.stdout.isTTY;
  const child = spawn('ssh', sshArguments(host, command, { terminal }), {
    stdio: [token === undefined ? 'inherit' : 'pipe', 'inherit', 'pipe'],
  }) as ChildProcessByStdio<Writable | null, null, Readable>;
  // ssh may end before it reads the token; its exit code says why.
  child.stdin?.on('error', () => undefined).end(token);
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-LONGEST_COMPLAINT);
    process.stderr.write(text);
  });
  const [code] = (await once(child, 'close').catch((error: Error) => {
    throw cannotStart(error.message);
  })) as [number | null];
  if (code === 255 || code === 126 || code === 127) throw explainSsh(host, code, complaint);
  return code ?? 1;
}

/** The global options that concern the VM; its files have the configuration and the agent's credential. */
function optionsThere(
  { vifId, network, securityGroup = [], debug }: GlobalOptions,
  token: string | undefined,
): string[] {
  return [
    ...(token === undefined ? [] : ['--cred-file', '/dev/stdin']),
    ...(vifId === undefined ? [] : ['--vif-id', vifId]),
    ...(network === undefined ? [] : ['--network', network]),
    ...securityGroup.flatMap((group) => ['--security-group', group]),
    ...(debug ? ['--debug'] : []),
  ];
}

/** A word for the shell in the VM, to which ssh sends one text. */
export function quoted(word: string): string {
  return /^[\w./:=@,+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
