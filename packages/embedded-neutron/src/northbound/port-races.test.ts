import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Clouds, startThreeClouds } from '../../test/support/clouds.ts';
import { startNorthbound, type TestNorthbound } from '../../test/support/northbound.ts';
import { type Answer, idOf } from '../../test/support/test-cloud.ts';

/** Three replicas that create, change and delete ports at the same time. */
let nb: TestNorthbound;
let clouds: Clouds;
let project: string;

beforeAll(async () => {
  nb = await startNorthbound();
  clouds = await startThreeClouds(nb);
}, 60_000);
afterAll(async () => {
  await clouds[Symbol.asyncDispose]();
  await nb[Symbol.asyncDispose]();
});

const any = (index: number) => clouds.any(index);
const post = (index: number, port: object) => any(index).call('alice', 'POST', 'ports', { port });
const typeOf = (answer: Answer) => answer.body.NeutronError?.type ?? answer.status;

/** A network with a subnet that every replica shows. */
async function network(cidr: string): Promise<{ network_id: string; subnet_id: string }> {
  const made = await any(0).call('alice', 'POST', 'networks', { network: {} });
  project = made.body.network?.project_id ?? '';
  const network_id = idOf(made);
  const subnet_id = idOf(
    await any(0).call('alice', 'POST', 'subnets', { subnet: { network_id, ip_version: 4, cidr } }),
  );
  for (const cloud of clouds.all) {
    await expect
      .poll(async () => (await cloud.call('alice', 'GET', `subnets/${subnet_id}`)).status)
      .toBe(200);
  }
  return { network_id, subnet_id };
}

/** The values of one key of external_ids in OVN, one for each port that has it. */
const stored = (key: string): string[] =>
  nb
    .nbctl('--bare', '--columns=external_ids', 'list', 'Logical_Switch_Port')
    .split('\n')
    .flatMap((line) => new RegExp(`${key}=(\\S+)`).exec(line)?.[1] ?? []);

describe('three replicas', () => {
  test('of concurrent requests for one address or one MAC, one succeeds', async () => {
    const { network_id } = await network('10.1.0.0/24');
    for (const wanted of [
      { fixed_ips: [{ ip_address: '10.1.0.77' }] },
      { mac_address: 'fa:16:3e:00:00:01' },
    ]) {
      const answers = await Promise.all(
        Array.from({ length: 12 }, (_, index) => post(index, { network_id, ...wanted })),
      );
      expect(answers.map(typeOf).filter((type) => type === 201)).toHaveLength(1);
    }
  });

  test('hand out every address of a subnet once, whether chosen or requested', async () => {
    const { network_id } = await network('10.2.0.0/27');
    // 30 requests leave the choice of one of 29 addresses to Neutron, so none is left in the end.
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        post(index, {
          network_id,
          ...(index % 2 === 0 && { fixed_ips: [{ ip_address: `10.2.0.${2 + (index % 29)}` }] }),
        }),
      ),
    );
    const ips = answers.flatMap(({ body }) => body.port?.fixed_ips.map((ip) => ip.ip_address) ?? []);
    expect(new Set(ips).size).toBe(ips.length);
    expect(ips).toHaveLength(29);
    const macs = stored('neutron:mac_address');
    expect(new Set(macs).size).toBe(macs.length);
  });

  test('of concurrent ports with one VLAN under one parent, one succeeds', async () => {
    const { network_id } = await network('10.3.0.0/24');
    const parent_name = idOf(await post(0, { network_id }));
    for (const cloud of clouds.all) {
      await expect
        .poll(async () => (await cloud.call('alice', 'GET', `ports/${parent_name}`)).status)
        .toBe(200);
    }
    const tag = randomInt(1, 4094);
    const profile = { 'binding:profile': { parent_name, tag } };
    const nested = Array.from({ length: 9 }, (_, index) => post(index, { network_id, ...profile }));
    expect((await Promise.all(nested)).map(typeOf).toSorted()).toEqual([
      201,
      ...Array(8).fill('ParentTagInUse'),
    ]);
  });

  test('a parent is not deleted while a port is nested under it', async () => {
    const { network_id } = await network('10.4.0.0/24');
    for (let round = 0; round < 5; round++) {
      const parent_name = idOf(await post(0, { network_id }));
      await expect
        .poll(async () => (await any(1).call('alice', 'GET', `ports/${parent_name}`)).status)
        .toBe(200);
      const [removed, made] = await Promise.all([
        any(0).call('alice', 'DELETE', `ports/${parent_name}`),
        post(1, { network_id, 'binding:profile': { parent_name, tag: 7 } }),
      ]);
      expect([typeOf(removed), typeOf(made)]).toBeOneOf([
        [204, 'PortNotFound'],
        ['PortInUseAsParent', 201],
      ]);
    }
  });

  test('a subnet is not deleted while a port gets an address of it', async () => {
    const { network_id, subnet_id } = await network('10.5.0.0/24');
    const [removed, made] = await Promise.all([
      any(0).call('alice', 'DELETE', `subnets/${subnet_id}`),
      post(1, { network_id }),
    ]);
    if (removed.status === 204) expect(made.body.port?.fixed_ips ?? []).toEqual([]);
    else expect([typeOf(removed), made.status]).toEqual(['SubnetInUse', 201]);
  });

  test('the last places of a quota are given once, also after the limit was lowered', async () => {
    const { network_id } = await network('10.6.0.0/24');
    const count = async () => stored('neutron:project_id').filter((id) => id === project).length;
    const limit = async (port: number) => {
      expect((await any(0).call('admin', 'PUT', `quotas/${project}`, { quota: { port } })).status).toBe(200);
      for (const cloud of clouds.all) {
        const shown = async () =>
          (await cloud.call('alice', 'GET', `quotas/${project}`)).body.quota?.['port'];
        await expect.poll(shown).toBe(port);
      }
    };
    const create = async (number: number) => {
      const answers = await Promise.all(
        Array.from({ length: number }, (_, index) => post(index, { network_id })),
      );
      return answers.map(typeOf).filter((type) => type === 201).length;
    };
    const before = await count();
    await limit(before + 5);
    expect(await create(12)).toBe(5);
    // Ports with places beyond a lower limit are counted.
    await limit(-1);
    expect(await create(6)).toBe(6);
    await limit(before + 13);
    expect(await create(9)).toBe(2);
    expect(await count()).toBe(before + 13);
    await limit(5000);
  });

  test('a bulk of 500 on one replica succeeds beside a client of another one', async () => {
    const { network_id } = await network('10.7.0.0/21');
    let done = false;
    const single = (async () => {
      const statuses: number[] = [];
      while (!done) statuses.push((await post(1, { network_id })).status);
      return statuses;
    })();
    const ports = Array.from({ length: 500 }, () => ({ network_id }));
    const bulk = await any(0).call('alice', 'POST', 'ports', { ports });
    done = true;
    expect(bulk.status).toBe(201);
    expect(new Set(await single)).toEqual(new Set([201]));
    const ips = bulk.body.ports?.map((port) => port.fixed_ips[0]?.ip_address);
    expect(new Set(ips).size).toBe(500);
  });
});
