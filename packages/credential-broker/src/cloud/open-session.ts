import { type CloudConfig, CloudConfigError, loadCloudConfig, Session } from '@ovn-docker/openstack';
import type { Config } from '../config.ts';
import { BrokerError } from '../errors.ts';
import type { Log } from '../log.ts';

/** Sent to a service once: agents repeat requests by their own rules. */
const ONCE = { attempts: 1 } as const;

/**
 * Finds the broker's credential and opens a session, which sends nothing yet. A credential that is replaced
 * in its file is used without a restart.
 *
 * @throws BrokerError NO_CREDENTIAL
 */
export async function openSession(config: Config, log: Log, env: NodeJS.ProcessEnv): Promise<Session> {
  const warned = new Set<string>();
  const reread = async () =>
    withLimits(
      await loadCloudConfig({
        env,
        fallback: fallbackOf(config),
        trustedFilesOnly: true,
        onWarning: (warning) => {
          if (!warned.has(warning)) log.warn(warning);
          warned.add(warning);
        },
      }),
      config,
    );
  const cloud = await reread().catch((cause: unknown) => {
    if (!(cause instanceof CloudConfigError)) throw cause;
    throw new BrokerError('NO_CREDENTIAL', cause.message, { cause });
  });
  log.info({ origin: cloud.origin }, 'credential found');
  return new Session(cloud, {
    reread,
    onCredential: (event) => {
      if (event.kind === 'replaced') log.info({ origin: event.origin }, 'credential replaced');
      else
        log.warn(
          { reason: event.reason.message },
          'a changed credential cannot be used: the broker keeps the one it has',
        );
    },
  });
}

function withLimits(cloud: CloudConfig, { neutron }: Config): CloudConfig {
  return { ...cloud, timeoutMs: neutron.timeout * 1000, maxConcurrency: neutron.concurrent, retry: ONCE };
}

function fallbackOf({ cloud: { cloud, clouds_yaml, auth_url } }: Config) {
  return {
    ...(cloud ? { cloud } : {}),
    ...(clouds_yaml ? { files: [clouds_yaml] } : {}),
    ...(auth_url ? { authUrl: auth_url } : {}),
  };
}
