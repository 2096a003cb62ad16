import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { OvnDockerError } from '../../errors.ts';
import { nameOf, type SshHost, sshArguments } from './ssh-host.ts';

/** Limit of what ssh and the VM's shell write to standard error, in characters; the end of it is kept. */
const LONGEST_COMPLAINT = 4096;

/** A command that ssh runs in a VM. */
export interface SshProcess {
  /** The command's input and output. */
  readonly pipes: Socket;
  /** Resolves when ssh has ended, with the reason in the user's words. */
  readonly failure: Promise<OvnDockerError>;
  kill(): void;
}

/**
 * Starts a command in the VM. ssh runs in a session of its own, as docker starts it, so that no signal of
 * the terminal reaches it: Ctrl-C is for the container. So ssh cannot ask for a password at the terminal.
 *
 * Input and output are one socket, which the shell puts into their places: HTTP/2 of Node on two pipes ends
 * with an internal assertion when it is closed while a write waits.
 */
export function startSsh(host: SshHost, command: string): SshProcess {
  const child = spawn('sh', ['-c', 'exec ssh "$@" <&3 >&3 3>&-', 'ssh', ...sshArguments(host, command)], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let complaint = '';
  (child.stderr as Readable).setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-LONGEST_COMPLAINT);
  });
  const failure = new Promise<OvnDockerError>((resolve) => {
    child.once('error', (error) => resolve(cannotStart(error.message)));
    child.once('close', (code) => resolve(explainSsh(host, code ?? 255, complaint)));
  });
  return {
    pipes: child.stdio[3] as Socket,
    failure,
    kill: () => child.kill(),
  };
}

export function cannotStart(reason: string): OvnDockerError {
  return new OvnDockerError('E_SSH', `cannot run ssh: ${reason}`, {
    hint: 'install an OpenSSH client (`apt install openssh-client`); `ssh` must be in PATH',
  });
}

/**
 * Why a command did not work in a VM.
 * @param code ssh's exit code: 255 for its own failure, otherwise that of the command in the VM
 * @param complaint what ssh and the command wrote to standard error
 */
export function explainSsh(host: SshHost, code: number, complaint: string): OvnDockerError {
  const name = nameOf(host);
  const lines = complaint
    .replaceAll('\r', '')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const words = lines
    .slice(-3)
    .join('; ')
    .replace(/^ssh: /, '');
  if (/exec: ssh: not found/.test(complaint)) return cannotStart('there is no such program');
  if (code === 127 || (code === 126 && /ovn-docker/.test(complaint))) {
    return new OvnDockerError('E_NO_PROGRAM', `there is no ovn-docker in ${name}: ${words}`);
  }
  if (/unknown command 'system'|unknown option '--streams'/.test(complaint)) {
    return new OvnDockerError('E_VERSION', `the ovn-docker in ${name} is too old to be used from outside`);
  }
  if (code !== 255)
    return new OvnDockerError('E_SSH', `the connection to ${name} ended: ${words || `exit code ${code}`}`);
  return new OvnDockerError('E_SSH', `ssh cannot connect to ${name}: ${words || 'it does not say why'}`, {
    hint: hintFor(complaint, name),
  });
}

function hintFor(complaint: string, name: string): string {
  if (/Host key verification failed|REMOTE HOST IDENTIFICATION/.test(complaint))
    return `compare the VM’s host key and accept it once: \`ssh ${name}\``;
  if (/Permission denied|Too many authentication failures/.test(complaint))
    return `ssh needs a key that the VM accepts, without asking for a password here: \`ssh-copy-id ${name}\`, \`ssh-add\``;
  if (/hostname contains invalid characters/.test(complaint)) return 'correct the host';
  return `try it by hand: \`ssh ${name}\`; the address must be reachable from here, and its security group must allow port 22`;
}
