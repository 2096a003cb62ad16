import { OvnDockerError } from '../../errors.ts';

/** What a URL such as `ssh://debian@10.1.0.90:22` names: the arguments of ssh(1), which has the defaults. */
export interface SshHost {
  /** A host name, an address, or a `Host` of ~/.ssh/config. */
  readonly host: string;
  readonly user?: string;
  readonly port?: string;
}

// The characters of names, addresses and zones. ssh(1) puts both into commands such as ProxyCommand, which a
// shell runs, so characters of a shell have no place here; and neither may look like an option.
const HOST = /^[\w.:%+~][\w.:%+~@-]*$/;
const USER = /^[\w.%+~][\w.%+~@-]*$/;

/**
 * Parses a URL as the docker command does.
 * @throws OvnDockerError `E_HOST`
 */
export function parseSshHost(text: string): SshHost {
  const refuse = (reason: string) => new OvnDockerError('E_HOST', `"${text}" is not valid: ${reason}`);
  // The parser of URLs would change the case of the host and hide an empty port.
  const match = /^ssh:\/\/(?:([^/?#]*)@)?(\[[^\]/?#]*\]|[^/?#:@]*)(?::([^/?#@]*))?([/?#].*)?$/.exec(text);
  if (match === null) throw refuse('a host looks like ssh://USER@ADDRESS or ssh://USER@ADDRESS:PORT');
  const [, login, bracketed = '', port, rest = ''] = match;
  const host = bracketed.replace(/^\[(.*)\]$/, '$1');
  if (login?.includes(':'))
    // The text contains the password.
    throw new OvnDockerError('E_HOST', 'the URL of the host contains a password, which ssh does not accept', {
      hint: 'use a key, and ssh-agent(1) if the key has a passphrase',
    });
  if (host === '') throw refuse('the host is missing');
  if (!HOST.test(host)) throw refuse('the host contains characters that no host has');
  if (login !== undefined && !USER.test(login)) throw refuse('the user contains characters that no user has');
  if (port !== undefined && !/^[1-9]\d{0,4}$/.test(port)) throw refuse('the port must be a number');
  if (rest !== '' && rest !== '/') throw refuse(`nothing may follow the host, but "${rest}" does`);
  return {
    host,
    ...(login === undefined ? {} : { user: login }),
    ...(port === undefined ? {} : { port }),
  };
}

/**
 * How long ssh may take to open the connection, in seconds: docker's value. Without it, TCP gives up after
 * two minutes.
 */
const CONNECT_SECONDS = 30;

/**
 * The arguments of ssh(1). No part of the URL can become an option: the host follows `--`, and user and port
 * are values of options.
 * @param command the command line for the user's shell in the VM
 */
export function sshArguments(
  { host, user, port }: SshHost,
  command: string,
  { terminal = false }: { terminal?: boolean } = {},
): string[] {
  return [
    terminal ? '-t' : '-T',
    '-o',
    `ConnectTimeout=${CONNECT_SECONDS}`,
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', port]),
    '--',
    host,
    command,
  ];
}

/** The host for messages, as a person types it after `ssh`: `-p 2222 debian@vm-1`. */
export function nameOf({ host, user, port }: SshHost): string {
  return `${port === undefined ? '' : `-p ${port} `}${user === undefined ? '' : `${user}@`}${host}`;
}
