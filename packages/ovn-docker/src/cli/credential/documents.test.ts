import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { cloudInit, type VmCredential, vmCloudsYaml } from './documents.ts';

const credential: VmCredential = {
  id: 'id-1',
  secret: 's: #"e\'cret',
  of: { authUrl: 'https://keystone.example/v3' },
  comment: 'made for a test',
  vifId: 'vif-1',
  mode: 'trunk',
};

describe('clouds.yaml', () => {
  it('has everything that openstacksdk needs, and nothing that has its default', () => {
    expect(parse(vmCloudsYaml(credential))).toEqual({
      clouds: {
        'ovn-docker': {
          auth_type: 'v3applicationcredential',
          auth: {
            auth_url: 'https://keystone.example/v3',
            application_credential_id: 'id-1',
            application_credential_secret: credential.secret,
          },
        },
      },
    });
  });

  it('a line break in a name does not end the comment', () => {
    const comment = 'a\nclouds: {}\u2028b\u0085c\rd';
    expect(vmCloudsYaml({ ...credential, comment }).split('\n')[0]).toBe('# a clouds: {} b c d');
  });

  it('keeps region, interface and the trust of the caller', () => {
    const more = {
      of: { ...credential.of, region: 'north', interface: 'internal' as const, insecure: true },
      authorities: 'PEM',
    };
    expect(parse(vmCloudsYaml({ ...credential, ...more })).clouds['ovn-docker']).toMatchObject({
      region_name: 'north',
      interface: 'internal',
      cacert: '/etc/ovn-docker/ca.pem',
      verify: false,
    });
  });
});

describe('cloudInit', () => {
  const filesOf = (text: string) =>
    (parse(text) as { write_files: { path: string; permissions: string; content: string }[] }).write_files;

  it('writes the credential for root only, and a configuration without a secret', () => {
    const text = cloudInit(credential);
    expect(text.startsWith('#cloud-config\n')).toBe(true);
    const [clouds, config, ...others] = filesOf(text);
    expect([clouds?.path, clouds?.permissions]).toEqual(['/etc/ovn-docker/clouds.yaml', '0600']);
    expect(clouds?.content).toBe(vmCloudsYaml(credential));
    expect(parse(config?.content ?? '')).toEqual({
      cloud: { clouds_yaml: '/etc/ovn-docker/clouds.yaml', cloud: 'ovn-docker' },
      vif_id: 'vif-1',
      mode: 'trunk',
    });
    expect(others).toEqual([]);
  });

  it('brings the certificate authorities along', () => {
    const files = filesOf(cloudInit({ ...credential, authorities: 'PEM' }));
    expect(files.map(({ path, content }) => [path, content])).toContainEqual([
      '/etc/ovn-docker/ca.pem',
      'PEM',
    ]);
  });
});
