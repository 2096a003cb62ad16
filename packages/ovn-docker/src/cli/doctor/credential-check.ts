import type { CloudConfig } from '@ovn-docker/openstack';
import { login, openCloud } from '../../clients/neutron/cloud.ts';
import { OvnDockerError } from '../../errors.ts';
import type { Check } from '../checklist/check.ts';
import type { Settings } from '../settings.ts';
import { cloudConfigOf, type DoctorContext } from './context.ts';
import { describeCredential } from './describe-credential.ts';
import { describeMembership } from './describe-membership.ts';

/** One attempt with short timeouts: the user waits for the report. */
const IMPATIENT = { retry: { attempts: 1 }, connectTimeoutMs: 5000, timeoutMs: 30_000 } as const;

const kinds = {
  password: 'password',
  token: 'token',
  application_credential: 'application credential',
  none: 'certificate',
} as const satisfies Record<CloudConfig['auth']['type'], string>;

/** Whether there is a credential that Keystone accepts, or a certificate that the broker accepts. */
export const credentialCheck: Check<DoctorContext> = {
  name: 'credential',

  async run(context) {
    const { settings, findings, connections } = context;
    const config = await cloudConfigOf(context);
    const cloud = openCloud({ ...config, ...IMPATIENT });
    connections.defer(() => cloud[Symbol.dispose]());
    const access = await login(cloud).catch((error: unknown) => {
      throw withLocalHint(error, config, context);
    });
    Object.assign(findings, { cloud, access });
    const { token, vm } = access;
    if (vm || !token) return describeMembership(config, access);
    const { facts, warnings = [] } = await describeCredential(cloud, token);
    const roles = token.roles?.map(({ name }) => name).join(', ') || 'none';
    return {
      facts: [
        `${kinds[config.auth.type]} from ${originOf(settings, config)}, accepted by ${publicUrl(config.authUrl)}`,
        `${token.user.name} in project ${token.project?.name}; roles: ${roles}; token valid until ${token.expires_at}`,
        ...facts,
      ],
      warnings,
    };
  },
};

function originOf({ options }: Settings, { auth, origin }: CloudConfig): string {
  if (options.cred) return '--cred';
  if (options.credFile) return options.credFile;
  return auth.type === 'token' && process.env['OS_TOKEN'] ? 'OS_TOKEN' : (origin ?? 'the configuration');
}

/** Removes user and password, which a URL may contain. */
function publicUrl(authUrl: string): string {
  const url = new URL(authUrl);
  url.username = '';
  url.password = '';
  return url.href;
}

/**
 * Adds to the hint what doctor knows about this VM: the source of a refused credential, or that the bridge is
 * down. The VM may reach the API through that bridge, which only a later check examines.
 */
function withLocalHint(error: unknown, config: CloudConfig, { settings, netlink }: DoctorContext): unknown {
  if (!(error instanceof OvnDockerError)) return error;
  const { type } = config.auth;
  if (error.code === 'E_TOKEN_REFUSED' && type !== 'token') {
    const hint = `the ${kinds[type]} from ${originOf(settings, config)} is wrong, expired or revoked: check it there`;
    return new OvnDockerError(error.code, error.message, { hint, cause: error });
  }
  if (error.code !== 'E_API_UNREACHABLE') return error;
  const { bridge } = settings.config.ovs;
  if (netlink.link(bridge)?.up) return error;
  const hint = `interface ${bridge} is missing or down; if it carries this VM's address, the API is unreachable without it: check \`ovs-vsctl show\` and whether ovs-vswitchd runs; ${error.hint}`;
  return new OvnDockerError(error.code, error.message, { hint, cause: error });
}
