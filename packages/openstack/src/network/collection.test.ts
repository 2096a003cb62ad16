import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type ReplayCloud, recordingOf, startReplayCloud } from '../../test/support/replay-cloud.ts';
import { aliceSession } from '../../test/support/session.ts';
import { mayHaveTakenEffect } from '../errors.ts';
import type { Session } from '../identity/session.ts';
import { Neutron } from './neutron.ts';
import type { PortCreate } from './port-types.ts';

let cloud: ReplayCloud;
let session: Session;
let neutron: Neutron;

beforeEach(async () => {
  cloud = await startReplayCloud('identity', 'ports', 'errors', 'resources');
  session = aliceSession(cloud);
  neutron = new Neutron(session);
});

afterEach(async () => {
  await session.close();
  await cloud[Symbol.asyncDispose]();
});

const port = 'b5a96bc0-7f15-4ffd-b545-d91b570fcd8b';
const missingId = '00000000-0000-0000-0000-000000000000';

/** The body that a recording sends below a key. */
function sent<T>(group: string, number: string, key: string): T {
  return (recordingOf(group, number).request.body as Record<string, T>)[key] as T;
}

describe('one resource', () => {
  test('get', async () => {
    expect(await neutron.ports.get(port)).toMatchObject({ id: port, name: 'vm1b', revision_number: 3 });
  });

  test('update is conditional on the revision', async () => {
    const changed = await neutron.ports.update(port, { name: 'vm1c' }, { ifMatch: 3 });
    expect(changed).toMatchObject({ name: 'vm1c', revision_number: 4 });
    await expect(neutron.ports.update(port, { name: 'vm1c' }, { ifMatch: 2 })).rejects.toMatchObject({
      status: 412,
      type: 'RevisionNumberConstraintFailed',
      code: 'OPENSTACK_PRECONDITION_FAILED',
    });
  });

  test('delete', async () => {
    await expect(neutron.ports.delete('b1eac85d-1a27-43e3-b0f6-69d4d22dd56e')).resolves.toBeUndefined();
  });

  test('delete of a missing resource is an error', async () => {
    await expect(neutron.ports.delete(missingId)).rejects.toMatchObject({
      status: 404,
      type: 'PortNotFound',
    });
  });

  test('delete succeeds if an earlier, lost try deleted the resource', async () => {
    let tries = 0;
    cloud.interpose(({ method }) => (method === 'DELETE' && tries++ === 0 ? 'reset' : undefined));
    await expect(neutron.ports.delete(missingId)).resolves.toBeUndefined();
    expect(tries).toBe(2);
  });

  test("a gateway's 404 page after a lost try is an error", async () => {
    const page = { status: 404, headers: { 'content-type': 'text/html' }, body: '<h1>404 Not Found</h1>' };
    let tries = 0;
    cloud.interpose(({ method }) => (method !== 'DELETE' ? undefined : tries++ === 0 ? 'reset' : page));
    await expect(neutron.ports.delete(missingId)).rejects.toMatchObject({ status: 404, type: '' });
  });

  test('tags', async () => {
    expect(await neutron.ports.replaceTags(port, ['red', 'blue'])).toEqual(['red', 'blue']);
  });

  test('an id is encoded as one segment of the path', async () => {
    await expect(neutron.ports.get('../networks')).rejects.toMatchObject({ status: 599 });
    expect(cloud.calls.at(-1)?.url).toBe('/v2.0/ports/..%2Fnetworks');
  });
});

describe('createMany', () => {
  test('returns the resources in order and extends the time limit', async () => {
    const bodies = sent<PortCreate[]>('ports', '096', 'ports');
    const request = vi.spyOn(session, 'request');
    const created = await neutron.ports.createMany(bodies);
    expect(created.map(({ name }) => name)).toEqual(['bulk0', 'bulk1', 'bulk2']);
    expect(request).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ moreTimeMs: 3000 }));
  });

  test('sends no request for an empty list, which Neutron refuses', async () => {
    expect(recordingOf('ports', '098').response.status).toBe(400);
    expect(await neutron.ports.createMany([])).toEqual([]);
    expect(cloud.calls).toHaveLength(0);
  });

  test('creates none if one is refused', async () => {
    await expect(neutron.ports.createMany(sent('ports', '097', 'ports'))).rejects.toMatchObject({
      status: 409,
      type: 'IpAddressAlreadyAllocated',
    });
  });

  test('rejects with OPENSTACK_OVER_QUOTA beyond the quota', async () => {
    await expect(neutron.ports.createMany(sent('ports', '208', 'ports'))).rejects.toMatchObject({
      status: 409,
      type: 'OverQuota',
      code: 'OPENSTACK_OVER_QUOTA',
    });
  });
});

describe('recorded errors', () => {
  test('contain code, type, request id and hint', async () => {
    const error: unknown = await neutron.ports
      .create(sent('errors', '064', 'port'))
      .catch((reason) => reason);
    expect(error).toMatchObject({
      name: 'OpenStackError',
      code: 'OPENSTACK_CONFLICT',
      status: 409,
      type: 'IpAddressAlreadyAllocated',
      method: 'POST',
      url: `${cloud.url}/v2.0/ports`,
      requestId: 'req-b68298d2-c1fa-44bd-b8ca-7bafb536bfdd',
      hint: expect.stringContaining('state of the resource'),
    });
    expect(String(error)).toBe(
      `OpenStackError: POST ${cloud.url}/v2.0/ports: 409 IpAddressAlreadyAllocated: IP address 10.11.0.50 already allocated in subnet 6fd6997b-023a-4779-93e4-3c56836d96f2 (req-b68298d2-c1fa-44bd-b8ca-7bafb536bfdd)`,
    );
    expect(mayHaveTakenEffect(error)).toBe(false);
  });

  test.each([
    ['033', 'OPENSTACK_FORBIDDEN', 403],
    ['035', 'OPENSTACK_BAD_REQUEST', 400],
  ])('recording %s of a network is %s', async (number, code, status) => {
    await expect(neutron.networks.create(sent('errors', number, 'network'))).rejects.toMatchObject({
      code,
      status,
    });
  });

  test('a POST with a server error is not repeated and may have taken effect', async () => {
    const call = neutron.ports.createMany(sent('errors', '094', 'ports'));
    const error: unknown = await call.catch((reason) => reason);
    expect(error).toMatchObject({ code: 'OPENSTACK_SERVER_ERROR', status: 500 });
    expect(mayHaveTakenEffect(error)).toBe(true);
    expect(cloud.calls.filter(({ url }) => url === '/v2.0/ports')).toHaveLength(1);
  });

  test('a subport cannot be deleted', async () => {
    const id = recordingOf('errors', '132').request.url.split('/').at(-1) ?? '';
    await expect(neutron.ports.delete(id)).rejects.toMatchObject({ status: 409, type: 'PortInUseAsSubPort' });
  });
});
