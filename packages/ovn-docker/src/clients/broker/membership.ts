import type { CloudConfig } from '@ovn-docker/openstack';
import type { AgentConfig } from '../../config/agent-config.ts';

/** The folder of what `ovn-docker join` stores; only root may read it. */
export const BROKER_FOLDER = '/var/lib/ovn-docker/broker';

/** A broker, and the files by which this VM and the broker know each other. */
export interface Broker {
  readonly url: string;
  /** File with the VM's certificate, and its key if there is no `key`. */
  readonly certificate: string;
  /** File with the key, if another program renews the certificate. */
  readonly key?: string | undefined;
  /** File with the certificate authority that signs the broker's certificate and the VM's. */
  readonly ca: string;
}

/** The files of a VM that has joined this broker. */
export function brokerAt(url: string, folder = BROKER_FOLDER): Broker {
  return { url, certificate: `${folder}/vm.pem`, ca: `${folder}/ca.pem` };
}

/** The broker of the configuration; undefined if the agent has a credential of its own. */
export function configuredBroker({ cloud }: AgentConfig): Broker | undefined {
  if (!cloud.broker) return undefined;
  const { certificate, ca } = brokerAt(cloud.broker);
  return {
    url: cloud.broker,
    certificate: cloud.certificate ?? certificate,
    key: cloud.key,
    ca: cloud.ca ?? ca,
  };
}

/** A cloud in which the broker takes the place of Keystone and Neutron. */
export function cloudConfigOf({ url, certificate, key, ca }: Broker): CloudConfig {
  return {
    authUrl: url,
    auth: { type: 'none' },
    origin: `the broker ${url}`,
    certFile: certificate,
    ...(key === undefined ? {} : { keyFile: key }),
    caFile: ca,
  };
}

/** Whether requests reach Neutron through a broker, as this VM and without a token. */
export function isBrokered({ auth }: Pick<CloudConfig, 'auth'>): boolean {
  return auth.type === 'none';
}
