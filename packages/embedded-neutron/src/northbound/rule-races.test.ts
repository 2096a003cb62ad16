import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Clouds, startThreeClouds } from '../../test/support/clouds.ts';
import { startNorthbound, type TestNorthbound } from '../../test/support/northbound.ts';
import { type Answer, idOf } from '../../test/support/test-cloud.ts';

/** Three replicas that create and delete rules of security groups at the same time. */
let nb: TestNorthbound;
let clouds: Clouds;

beforeAll(async () => {
  nb = await startNorthbound();
  clouds = await startThreeClouds(nb);
}, 60_000);
afterAll(async () => {
  await clouds[Symbol.asyncDispose]();
  await nb[Symbol.asyncDispose]();
});

const any = (index: number) => clouds.any(index);
const typeOf = (answer: Answer) => answer.body.NeutronError?.type ?? answer.status;
const count = (answers: readonly Answer[], type: string | number) =>
  answers.filter((answer) => typeOf(answer) === type).length;
const all = (length: number, request: (index: number) => Promise<Answer>) =>
  Promise.all(Array.from({ length }, (_, index) => request(index)));

const addRule = (index: number, group: string, port: number) =>
  any(index).call('alice', 'POST', 'security-group-rules', {
    security_group_rule: {
      security_group_id: group,
      direction: 'ingress',
      protocol: 'tcp',
      port_range_min: port,
      port_range_max: port,
    },
  });
const show = async (group: string, index = 0) =>
  (await any(index).call('alice', 'GET', `security-groups/${group}`)).body.security_group;

/** A group that every replica shows. */
async function makeGroup(): Promise<string> {
  const made = await any(0).call('alice', 'POST', 'security-groups', { security_group: { name: 'g' } });
  const id = idOf(made);
  for (const index of clouds.all.keys()) await expect.poll(() => show(id, index)).toBeDefined();
  return id;
}

describe('three replicas', () => {
  test('of concurrent requests for the same rule, one succeeds', async () => {
    const group = await makeGroup();
    const added = await all(12, (index) => addRule(index, group, 80));
    expect([count(added, 201), count(added, 'SecurityGroupRuleExists')]).toEqual([1, 11]);
  });

  test('of concurrent deletions of a rule, one succeeds', async () => {
    const group = await makeGroup();
    const rule = idOf(await addRule(0, group, 80));
    for (const cloud of clouds.all) {
      const path = `security-group-rules/${rule}`;
      await expect.poll(async () => (await cloud.call('alice', 'GET', path)).status).toBe(200);
    }
    const deleted = await all(9, (index) =>
      any(index).call('alice', 'DELETE', `security-group-rules/${rule}`),
    );
    expect([count(deleted, 204), count(deleted, 'SecurityGroupRuleNotFound')]).toEqual([1, 8]);
  });

  test('the rules of a project do not exceed its quota', async () => {
    const groups = [await makeGroup(), await makeGroup(), await makeGroup()];
    const project = (await show(groups[0] ?? ''))?.project_id;
    const used = nb
      .nbctl('--bare', '--columns=external_ids', 'list', 'ACL')
      .split('\n')
      .filter((line) => line.includes('security_group_rule_id') && line.includes(`project_id=${project}`));
    const set = (limit: number) =>
      any(0).call('admin', 'PUT', `quotas/${project}`, { quota: { security_group_rule: limit } });
    await set(used.length + 7);
    const added = await all(24, (index) => addRule(index, groups[index % 3] ?? '', 1000 + index));
    await set(-1);
    expect([count(added, 201), count(added, 'OverQuota')]).toEqual([7, 17]);
  });

  test('each change of the rules increases the revision of their group once, and no other change is lost', async () => {
    const group = await makeGroup();
    const first = await all(9, (index) => addRule(index, group, 2000 + index));
    const before = (await show(group))?.revision_number ?? 0;
    const [added, deleted, renamed] = await Promise.all([
      all(18, (index) => addRule(index, group, 3000 + index)),
      all(9, (index) =>
        any(index).call('alice', 'DELETE', `security-group-rules/${idOf(first[index] as Answer)}`),
      ),
      all(3, (index) =>
        any(index).call('alice', 'PUT', `security-groups/${group}`, {
          security_group: { [index === 0 ? 'name' : 'description']: 'changed' },
        }),
      ),
    ]);
    expect([count(added, 201), count(deleted, 204), count(renamed, 200)]).toEqual([18, 9, 3]);
    await expect.poll(async () => (await show(group))?.revision_number).toBe(before + 30);
    const after = await show(group);
    expect([after?.name, after?.description]).toEqual(['changed', 'changed']);
    // Two rules allow all egress.
    expect(after?.security_group_rules).toHaveLength(20);
  });

  test('every rule filters as its group, also when that changes', async () => {
    const group = await makeGroup();
    const [added] = await Promise.all([
      all(24, (index) => addRule(index, group, 4000 + index)),
      any(1).call('alice', 'PUT', `security-groups/${group}`, { security_group: { stateful: false } }),
    ]);
    expect(count(added, 201)).toBe(24);
    const actions = nb
      .nbctl('--bare', '--columns=action,external_ids', '--format=csv', 'list', 'ACL')
      .split('\n')
      .filter((line) => line.includes(`security_group_id=${group}`))
      .map((line) => line.split(',')[0]);
    expect(actions).toEqual(Array.from({ length: 26 }, () => 'allow-stateless'));
  });
});
