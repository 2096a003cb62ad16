import { type CredentialFile, cloudsYaml } from '@ovn-docker/openstack';
import { stringify } from 'yaml';

/** The values that the VM needs, with the secret. */
export interface VmCredential extends Omit<CredentialFile, 'cloud' | 'caFile'> {
  /** The certificate authorities of the API, in PEM, unless the system's are right. */
  readonly authorities?: string | undefined;
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
export function vmCloudsYaml(credential: VmCredential): string {
  const caFile = credential.authorities === undefined ? undefined : CA_FILE;
  return cloudsYaml({ ...credential, cloud: CLOUD, caFile });
}

/** User data for cloud-init that writes the credential and the agent's configuration into the VM. */
export function cloudInit(credential: VmCredential): string {
  const config = {
    cloud: { clouds_yaml: CLOUDS, cloud: CLOUD },
    vif_id: credential.vifId,
    mode: credential.mode,
  };
  const files = [
    { path: CLOUDS, owner: 'root:root', permissions: '0600', content: vmCloudsYaml(credential) },
    { path: CONFIG, owner: 'root:root', permissions: '0644', content: stringify(config) },
    ...(credential.authorities === undefined
      ? []
      : [{ path: CA_FILE, owner: 'root:root', permissions: '0644', content: credential.authorities }]),
  ];
  return `#cloud-config\n${stringify({ write_files: files })}`;
}
