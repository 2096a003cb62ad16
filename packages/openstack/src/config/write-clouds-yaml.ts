import { stringify } from 'yaml';
import type { CloudConfig } from './cloud-config.ts';

/** An application credential in a clouds.yaml. */
export interface CredentialFile {
  /** Name of the cloud in the file. */
  readonly cloud: string;
  readonly id: string;
  readonly secret: string;
  /** Where the credential is for: the configuration with which it was created. */
  readonly of: Pick<CloudConfig, 'authUrl' | 'region' | 'interface' | 'insecure'>;
  /** Path of the file with the API's certificate authorities, on the machine that reads the file. */
  readonly caFile?: string | undefined;
  /** What the credential is for: a comment at the head of the file. */
  readonly comment: string;
}

/**
 * The text of a clouds.yaml with one application credential, as openstacksdk reads it. Contains the secret.
 *
 * @example
 * ```ts
 * import { writeFileSync } from 'node:fs';
 * import { cloudsYaml } from '@ovn-docker/openstack';
 *
 * const of = { authUrl: 'https://keystone.example.org/v3' };
 * const text = cloudsYaml({ cloud: 'reader', id: '0233…', secret: '…', of, comment: 'reads ports' });
 * writeFileSync('clouds.yaml', text, { mode: 0o600, flag: 'wx' });
 * ```
 */
export function cloudsYaml({ cloud, id, secret, of, caFile, comment }: CredentialFile): string {
  const settings = {
    auth_type: 'v3applicationcredential',
    auth: {
      auth_url: of.authUrl,
      application_credential_id: id,
      application_credential_secret: secret,
    },
    ...(of.region === undefined ? {} : { region_name: of.region }),
    ...(of.interface === undefined ? {} : { interface: of.interface }),
    ...(caFile === undefined ? {} : { cacert: caFile }),
    ...(of.insecure ? { verify: false } : {}),
  };
  // A line break in a name would end the comment.
  const line = comment.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ');
  return `# ${line}\n${stringify({ clouds: { [cloud]: settings } })}`;
}
