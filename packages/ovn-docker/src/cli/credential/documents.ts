import { stringify } from 'yaml';

/** The values that the VM needs, with the secret. */
export interface VmCredential {
  readonly id: string;
  readonly secret: string;
  readonly authUrl: string;
  readonly region?: string | undefined;
  readonly interface?: string | readonly string[] | undefined;
  /** Whether the VM must not check the API's certificate, as the caller does not. */
  readonly insecure?: boolean | undefined;
  /** The certificate authorities of the API, in PEM, unless the system's are right. */
  readonly authorities?: string | undefined;
  /** What the credential is for, in a comment. */
  readonly comment: string;
  /** The VM's own port. */
  readonly vifId: string;
  /** How the agent must tell Neutron the parent of a port; the access rules fit only this mode. */
  readonly mode: 'trunk' | 'port-binding';
}

/** The files in the VM. */
const CLOUDS = '/etc/ovn-docker/clouds.yaml';
const CONFIG = '/etc/ovn-docker/config.yaml';
export const CA_FILE = '/etc/ovn-docker/ca.pem';
const CLOUD = 'ovn-docker';

/** The contents of `/etc/ovn-docker/clouds.yaml`. */
export function cloudsYaml(credential: VmCredential): string {
  const cloud = {
    auth_type: 'v3applicationcredential',
    auth: {
      auth_url: credential.authUrl,
      application_credential_id: credential.id,
      application_credential_secret: credential.secret,
    },
    ...(credential.region === undefined ? {} : { region_name: credential.region }),
    ...(credential.interface === undefined ? {} : { interface: credential.interface }),
    ...(credential.authorities === undefined ? {} : { cacert: CA_FILE }),
    ...(credential.insecure ? { verify: false } : {}),
  };
  // A line break in a name would end the comment.
  const comment = credential.comment.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ');
  return `# ${comment}\n${stringify({ clouds: { [CLOUD]: cloud } })}`;
}

/** User data for cloud-init that writes the credential and the agent's configuration into the VM. */
export function cloudInit(credential: VmCredential): string {
  const config = {
    cloud: { clouds_yaml: CLOUDS, cloud: CLOUD },
    vif_id: credential.vifId,
    mode: credential.mode,
  };
  const files = [
    { path: CLOUDS, owner: 'root:root', permissions: '0600', content: cloudsYaml(credential) },
    { path: CONFIG, owner: 'root:root', permissions: '0644', content: stringify(config) },
    ...(credential.authorities === undefined
      ? []
      : [{ path: CA_FILE, owner: 'root:root', permissions: '0644', content: credential.authorities }]),
  ];
  return `#cloud-config\n${stringify({ write_files: files })}`;
}
