import { openLab, openrcOf } from '@ovn-docker/lab';
import { describe, expect, it } from 'vitest';
import { leavesNoTraces } from '../../support/traces.ts';
import { LAB } from '../raise-lab.ts';

/** Debian's `openstack` client as alice, on a machine that reaches the API. */
describe('the openstack client', () => {
  const lab = openLab(LAB);
  leavesNoTraces(lab);
  const env = { ...openrcOf('alice', lab.state.tenants.alice.password), OS_IDENTITY_API_VERSION: '3' };

  /** Runs a command that must succeed. Returns its output. */
  const openstack = (command: string) =>
    lab.machine('phys').must(['openstack', ...command.split(' ')], { env });
  /** Runs a command that must succeed. Returns the object that it shows. */
  const shown = async (command: string) =>
    JSON.parse(await openstack(`${command} -f json`)) as Record<string, unknown>;
  const listed = async (command: string) =>
    JSON.parse(await openstack(`${command} -f json`)) as Record<string, unknown>[];

  it('token issue', async () => {
    expect(await shown('token issue')).toMatchObject({ project_id: lab.state.tenants.alice.projectId });
  });

  it('network, subnet, port, trunk with a subport: create, list, show, set, delete', async () => {
    const network = await shown('network create cli');
    expect(network).toMatchObject({ name: 'cli', mtu: 1442, status: 'ACTIVE' });
    const subnet = await shown('subnet create --network cli --subnet-range 10.123.0.0/24 cli');
    expect(subnet).toMatchObject({ gateway_ip: '10.123.0.1', network_id: network['id'] });
    await openstack('network set --description changed cli');
    expect(await shown('network show cli')).toMatchObject({
      description: 'changed',
      subnets: [subnet['id']],
    });
    expect(await listed('subnet list --network cli')).toMatchObject([{ Subnet: '10.123.0.0/24' }]);

    const parent = await shown('port create --network cli --fixed-ip ip-address=10.123.0.10 cli-parent');
    expect(parent).toMatchObject({ fixed_ips: [{ ip_address: '10.123.0.10', subnet_id: subnet['id'] }] });
    const child = await shown('port create --network cli cli-child');
    await openstack('port set --name cli-renamed cli-child');
    expect(await listed('port list --network cli')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ ID: parent['id'], Name: 'cli-parent' }),
        expect.objectContaining({ ID: child['id'], Name: 'cli-renamed' }),
      ]),
    );

    await openstack('network trunk create --parent-port cli-parent cli-trunk');
    const subport = 'port=cli-renamed,segmentation-type=vlan,segmentation-id=77';
    await openstack(`network trunk set --subport ${subport} cli-trunk`);
    expect(await shown('network trunk show cli-trunk')).toMatchObject({
      port_id: parent['id'],
      sub_ports: [{ port_id: child['id'], segmentation_type: 'vlan', segmentation_id: 77 }],
    });
    await expect(openstack('port delete cli-renamed')).rejects.toThrow('is currently a subport for trunk');
    await openstack('network trunk unset --subport cli-renamed cli-trunk');
    await openstack('network trunk delete cli-trunk');
    await openstack('port delete cli-parent cli-renamed');
    await openstack('network delete cli');
    expect((await listed('network list')).map(({ Name }) => Name)).not.toContain('cli');
  });

  it('security group and its rules', async () => {
    await openstack('security group create cli');
    const rule = await shown('security group rule create --protocol tcp --dst-port 80:81 cli');
    expect(rule).toMatchObject({ port_range_min: 80, port_range_max: 81, direction: 'ingress' });
    await openstack('security group set --description changed cli');
    expect(await shown('security group show cli')).toMatchObject({ description: 'changed' });
    expect(await listed('security group rule list cli')).toHaveLength(3);
    await openstack('security group delete cli');
    expect((await listed('security group list')).map(({ Name }) => Name)).toEqual(['default']);
  });

  it('projects, users and roles by an admin: the user works in the project until the role is removed', async () => {
    /** Runs commands in one process, without stopping at an error. Returns what they print. */
    const batch = async (person: object, ...commands: string[]) => {
      const options = { env: { ...env, ...person }, input: `${commands.join('\n')}\n` };
      const { stdout, stderr } = await lab.machine('phys').run(['openstack'], options);
      return `${stdout}${stderr}`.trim().split('\n');
    };
    const admin = {
      OS_USERNAME: 'admin',
      OS_PASSWORD: lab.state.tenants.admin.password,
      OS_PROJECT_NAME: 'admin',
    };
    const user = { OS_USERNAME: 'cli', OS_PASSWORD: 'first', OS_PROJECT_NAME: 'cli' };
    const made = await batch(
      admin,
      'project create --tag blue -f value -c id cli',
      'user create --password first --email cli@example.org -f value -c email cli',
      'role add --user cli --project cli member',
      'role assignment list --user cli --names -f value -c Role -c Project',
      'role show -f value -c name member',
      'domain show -f value -c name default',
    );
    const [projectId, ...others] = made;
    expect(others).toEqual(['cli@example.org', 'member cli@Default', 'member', 'Default']);
    const used = await batch(
      user,
      'token issue -f value -c project_id',
      'network create -f value -c name --share cli',
      'user password set --original-password first --password second',
      'project list -f value -c Name',
    );
    expect(used[0]).toBe(projectId);
    // A member may not share a network.
    expect(used.join('\n')).toContain('disallowed by policy');
    expect(used.at(-1)).toContain('HTTP 401');
    const changed = await batch(
      admin,
      'role remove --user cli --project cli member',
      'role assignment list --user cli -f value',
      'user delete cli',
      'project delete cli',
      'project list -f value -c Name',
    );
    expect(changed.toSorted()).toEqual([
      'admin',
      'alice',
      'bob',
      ...changed.filter((name) => name === 'service'),
    ]);
  });
});
