import type { CloudConfig, NameOrId } from '@ovn-docker/openstack';
import { stringify } from 'yaml';
import { OvnDockerError } from '../../errors.ts';

export const CLOUDS_FILE = '/etc/ovn-docker/clouds.yaml';
export const AUTHORITIES_FILE = '/etc/ovn-docker/ca.pem';

/**
 * The contents of a clouds.yaml with one cloud.
 * @param origin where the credential comes from, for a comment
 * @param copiesAuthorities whether {@link AUTHORITIES_FILE} has the certificate authorities
 * @throws OvnDockerError `E_NO_CREDENTIAL` for a token, which the agent could not renew
 */
export function cloudsYamlOf(
  config: CloudConfig,
  name: string,
  origin: string,
  copiesAuthorities: boolean,
): string {
  const { authUrl, region, certFile, keyFile, insecure, endpointOverrides = {} } = config;
  const [type, auth] = authOf(config);
  const overrides = Object.entries(endpointOverrides).map(
    ([service, url]) => [`${service.replaceAll('-', '_')}_endpoint_override`, url] as const,
  );
  const cloud = {
    auth_type: type,
    auth: { ...(type === 'none' ? { endpoint: authUrl } : { auth_url: authUrl }), ...auth },
    ...(region === undefined ? {} : { region_name: region }),
    ...(config.interface === undefined || config.interface === 'public'
      ? {}
      : { interface: config.interface }),
    ...(copiesAuthorities ? { cacert: AUTHORITIES_FILE } : {}),
    ...(certFile === undefined ? {} : { cert: certFile }),
    ...(keyFile === undefined ? {} : { key: keyFile }),
    ...(insecure ? { verify: false } : {}),
    ...Object.fromEntries(overrides),
  };
  const comment = `written by \`ovn-docker init\` from ${origin}`.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ');
  return `# ${comment}\n${stringify({ clouds: { [name]: cloud } }, { schema: 'yaml-1.1' })}`;
}

function authOf({ auth }: CloudConfig): [string, Record<string, string>] {
  if (auth.type === 'token') {
    throw new OvnDockerError(
      'E_NO_CREDENTIAL',
      'a token is no credential for the agent, because it expires',
      {
        hint: 'make an application credential outside the VM, `ovn-docker credential create --vm PORT > clouds.yaml`, and use it: --clouds FILE',
      },
    );
  }
  if (auth.type === 'none') return ['none', {}];
  const user = {
    ...(auth.username === undefined ? {} : { username: auth.username }),
    ...(auth.userId === undefined ? {} : { user_id: auth.userId }),
    ...named('user_domain', auth.userDomain),
  };
  if (auth.type === 'application_credential') {
    const own =
      auth.id === undefined
        ? { application_credential_name: auth.name ?? '', ...user }
        : { application_credential_id: auth.id };
    return ['v3applicationcredential', { ...own, application_credential_secret: auth.secret }];
  }
  const scope = { ...named('project', auth.project), ...named('project_domain', auth.projectDomain) };
  return ['password', { ...user, password: auth.password, ...scope }];
}

/** The keys of openstacksdk for a name or an id: `project_name` or `project_id`. */
function named(prefix: string, value: NameOrId | undefined): Record<string, string> {
  if (value === undefined) return {};
  if (typeof value === 'string') return { [`${prefix}_name`]: value };
  return 'id' in value ? { [`${prefix}_id`]: value.id } : { [`${prefix}_name`]: value.name };
}
