import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Neutron, OpenStackError, type Port } from '@ovn-docker/openstack';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findParentPort } from './own-port.ts';

const mac = 'fa:16:3e:00:00:01';
const withPorts = (...ids: string[]) => {
  const ports = ids.map((id) => ({ id, mac_address: mac }) as unknown as Port);
  const all = async (query: { mac_address: string }) => (query.mac_address === mac ? ports : []);
  return { ports: { all } } as unknown as Neutron;
};
const vm = { macs: ['fa:16:3e:00:00:99', mac], metadataUrl: '' };

it("finds the port with the uplink's MAC address", async () => {
  expect(await findParentPort(withPorts('a'), vm)).toMatchObject({ port: { id: 'a' }, source: 'neutron' });
});

it('two ports with the MAC address: an error asks the user to name one', async () => {
  await expect(findParentPort(withPorts('a', 'b'), vm)).rejects.toMatchObject({
    code: 'E_VIF_NOT_FOUND',
    message: expect.stringContaining('a, b'),
    hint: expect.stringContaining('--vif-id'),
  });
});

describe('the certificate', () => {
  const get = async (id: string) => ({ id, mac_address: id === 'mine' ? mac : 'fa:16:3e:00:00:02' });
  const neutron = { ports: { get, all: async () => [] } } as unknown as Neutron;

  it('names the port, unless the configuration names another', async () => {
    const found = await findParentPort(neutron, { ...vm, certified: 'mine' });
    expect(found).toMatchObject({ port: { id: 'mine' }, source: 'certificate' });
    const given = await findParentPort(neutron, { ...vm, certified: 'other', given: 'mine' });
    expect(given).toMatchObject({ port: { id: 'mine' }, source: 'given' });
  });

  it('of another VM is the fault', async () => {
    await expect(findParentPort(neutron, { ...vm, certified: 'other' })).rejects.toMatchObject({
      code: 'E_VIF_NOT_THIS_VM',
    });
  });
});

describe('the metadata service', () => {
  const [right, other] = ['0a0a0a0a-0000-4000-8000-000000000001', '0a0a0a0a-0000-4000-8000-000000000002'];

  /** A Neutron with the VM's port and one with another MAC address. */
  const neutron = (() => {
    const macs: Record<string, string> = { [right]: mac, [other]: 'fa:16:3e:00:00:02' };
    const get = async (id: string) => {
      if (id in macs) return { id, mac_address: macs[id] };
      const call = { method: 'GET', url: 'http://neutron.test' };
      throw new OpenStackError(call, { status: 404, type: 'PortNotFound', reason: 'no port' });
    };
    const all = async (query: { mac_address: string }) =>
      Object.entries(macs)
        .filter(([, address]) => address === query.mac_address)
        .map(([id, mac_address]) => ({ id, mac_address }));
    return { ports: { get, all } } as unknown as Neutron;
  })();

  async function findBy(listener: RequestListener) {
    const server = createServer(listener);
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const metadataUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { port, source, doubts } = await findParentPort(neutron, { ...vm, metadataUrl });
    return { id: port.id, source, doubts };
  }
  const naming = (vif_id: unknown) => JSON.stringify({ links: [{ vif_id, ethernet_mac_address: mac }] });
  const byMac = { id: right, source: 'neutron' };

  it('names the port', async () => {
    expect(await findBy((_request, answer) => answer.end(naming(right)))).toEqual({
      id: right,
      source: 'metadata',
      doubts: [],
    });
  });

  it.each([other, '0a0a0a0a-0000-4000-8000-00000000000f'])(
    'counts as silent if it names a wrong port: the MAC address decides, and a warning says so (%s)',
    async (vifId) => {
      const found = await findBy((_request, answer) => answer.end(naming(vifId)));
      expect(found).toMatchObject({ ...byMac, doubts: [expect.stringContaining(vifId)] });
    },
  );

  it.each(['', '..', 7, null, 'x'.repeat(1000)])('counts as silent if its vif_id is %j', async (vifId) => {
    expect(await findBy((_request, answer) => answer.end(naming(vifId)))).toEqual({ ...byMac, doubts: [] });
  });

  it('is not followed to another URL', async () => {
    const found = await findBy((request, answer) => {
      if (request.url === '/elsewhere') answer.end(naming(right));
      else answer.writeHead(302, { location: '/elsewhere' }).end();
    });
    expect(found).toEqual({ ...byMac, doubts: [] });
  });

  it('is not read beyond 1 MiB', async () => {
    const found = await findBy((_request, answer) => {
      const write = () => {
        while (!answer.destroyed && answer.write(' '.repeat(65_536)));
      };
      answer.on('drain', write);
      write();
    });
    expect(found).toEqual({ ...byMac, doubts: [] });
  });
});
