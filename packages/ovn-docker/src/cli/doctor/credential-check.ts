import type { CloudConfig } from '@ovn-docker/openstack';
import { findCloudConfig, login, openCloud } from '../../clients/neutron/cloud.ts';
import { OvnDockerError } from '../../errors.ts';
import type { Link, Patient } from '../checklist/check.ts';
import type { Settings } from '../settings.ts';

/** One try and no long waits: what is wrong now is the question. */
const IMPATIENT = { retry: { attempts: 1 }, connectTimeoutMs: 5000, timeoutMs: 30_000 } as const;

const kinds = {
  password: 'password',
  token: 'token',
  application_credential: 'application credential',
} as const satisfies Record<CloudConfig['auth']['type'], string>;

/** The credential, and whether Keystone takes it. */
export const findCredential: Link = {
  name: 'credential',

  async look(patient) {
    const { settings, found, closing } = patient;
    const config = await findCloudConfig(settings.sources);
    const cloud = openCloud({ ...config, ...IMPATIENT });
    closing.defer(() => cloud[Symbol.dispose]());
    await login(cloud).catch((error: unknown) => {
      throw withCause(error, config, patient);
    });
    const token = await cloud.session.token();
    Object.assign(found, { cloud, token });
    const roles = token.roles?.map(({ name }) => name).join(', ') || 'none';
    return {
      facts: [
        `${kinds[config.auth.type]} from ${originOf(settings, config)}, taken by ${publicUrl(config.authUrl)}`,
        `${token.user.name} in project ${token.project?.name}; roles: ${roles}; good until ${token.expires_at}`,
      ],
    };
  },
};

function originOf({ options }: Settings, { auth, origin }: CloudConfig): string {
  if (options.cred) return '--cred';
  if (options.credFile) return options.credFile;
  return auth.type === 'token' && process.env['OS_TOKEN'] ? 'OS_TOKEN' : (origin ?? 'the configuration');
}

/** Some write user and password into URLs. */
function publicUrl(authUrl: string): string {
  const url = new URL(authUrl);
  url.username = '';
  url.password = '';
  return url.href;
}

/** With a hint for this VM. The way to the API goes through the very bridge that a later link looks at. */
function withCause(error: unknown, config: CloudConfig, { settings, netlink }: Patient): unknown {
  if (!(error instanceof OvnDockerError)) return error;
  const { type } = config.auth;
  if (error.code === 'E_TOKEN_REFUSED' && type !== 'token') {
    const hint = `the ${kinds[type]} from ${originOf(settings, config)} is wrong, expired or revoked: check it there`;
    return new OvnDockerError(error.code, error.message, { hint, cause: error });
  }
  if (error.code !== 'E_API_UNREACHABLE') return error;
  const { bridge } = settings.config.ovs;
  if (netlink.link(bridge)?.up) return error;
  const hint = `interface ${bridge}, over which this VM reaches the API when it carries its address, is not there or not up: check \`ovs-vsctl show\` and whether ovs-vswitchd runs; ${error.hint}`;
  return new OvnDockerError(error.code, error.message, { hint, cause: error });
}
