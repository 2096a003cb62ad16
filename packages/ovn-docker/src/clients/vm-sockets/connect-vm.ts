import { OvnDockerError } from '../../errors.ts';
import { listenLocally } from './local-sockets.ts';
import { Streams } from './open-streams.ts';
import type { Greeting, SocketName } from './sockets.ts';
import { startSsh } from './ssh.ts';
import { nameOf, type SshHost } from './ssh-host.ts';

/** The command line of the program in the VM. */
const COMMAND = 'ovn-docker system dial-stdio --streams';

/**
 * How long connecting may take in all, in milliseconds: ssh itself gives up earlier when nothing answers, and
 * sshd closes a connection without a login after two minutes.
 */
const PATIENCE_MS = 60_000;

/** A VM whose sockets can be used from here, over one ssh connection. */
export interface ConnectedVm extends Disposable {
  /** Paths of Unix sockets on this machine; behind them are the VM's. */
  readonly paths: Readonly<Record<SocketName, string>>;
  readonly greeting: Greeting;
  readonly isOpen: boolean;
  /** Resolves with the reason, an `E_SSH`, when the connection has ended. */
  readonly failure: Promise<OvnDockerError>;
}

/**
 * Connects with a VM by ssh(1), as its configuration files and agent allow.
 * @param patienceMs how long that may take, in milliseconds
 * @throws OvnDockerError `E_SSH`, `E_NO_PROGRAM`, `E_VERSION`
 */
export async function connectVm(host: SshHost, patienceMs = PATIENCE_MS): Promise<ConnectedVm> {
  const ssh = startSsh(host, COMMAND);
  const streams = new Streams(ssh.pipes);
  const end = () => {
    streams.close();
    ssh.kill();
  };
  const patience = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const message = `${nameOf(host)} did not answer by ssh in ${patienceMs / 1000} s`;
    patience.reject(new OvnDockerError('E_SSH', message));
  }, patienceMs);
  try {
    const greeting = await Promise.race([streams.greet(), patience.promise]).catch(async (error: unknown) => {
      if (error instanceof OvnDockerError) throw error;
      throw await reasonOf(ssh.failure, host);
    });
    const local = await listenLocally((name) => streams.open(name));
    const failure = streams.ended.catch(() => reasonOf(ssh.failure, host));
    return {
      paths: local.paths,
      greeting,
      get isOpen() {
        return streams.isOpen;
      },
      failure,
      [Symbol.dispose]() {
        local[Symbol.dispose]();
        end();
      },
    };
  } catch (error) {
    end();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** How long ssh may take to end after its pipes have broken, in milliseconds. */
const GRACE_MS = 2000;

/** Why the pipes broke. While ssh still runs, what came out of them was not from ovn-docker, or nothing. */
async function reasonOf(failure: Promise<OvnDockerError>, host: SshHost): Promise<OvnDockerError> {
  const message = `the connection to ${nameOf(host)} broke: the VM does not answer, or answers with other text`;
  const hint = `\`ssh ${nameOf(host)} true\` must print nothing: look for programs that print in the user’s ~/.bashrc`;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<OvnDockerError>((resolve) => {
    timer = setTimeout(() => resolve(new OvnDockerError('E_SSH', message, { hint })), GRACE_MS);
  });
  return Promise.race([failure, late]).finally(() => clearTimeout(timer));
}
