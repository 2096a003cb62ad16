import type { AccessRule, IssuedToken } from '@ovn-docker/openstack';
import { describe, expect, it } from 'vitest';
import { refusal } from '../../../test/support/fake-neutron.ts';
import { accessRulesFor } from '../../clients/neutron/agent-calls.ts';
import type { Cloud } from '../../clients/neutron/cloud.ts';
import { describeCredential, requireCalls } from './describe-credential.ts';

const DAY_MS = 86_400_000;
const rules = accessRulesFor({ projectId: 'project-1', trunkId: 'trunk-1' });

const tokenWith = (access_rules?: readonly AccessRule[], restricted = true) =>
  ({
    user: { id: 'user-1' },
    project: { id: 'project-1' },
    application_credential: { id: 'a', name: 'agent', restricted, ...(access_rules && { access_rules }) },
  }) as unknown as IssuedToken;

/** A cloud whose Keystone answers this about the credential. */
const cloudOf = (answer: () => unknown, endpoint = 'http://neutron') =>
  ({
    session: {
      token: async () => tokenWith(),
      endpoint: async () => endpoint,
      request: async () => ({ member: answer }),
    },
  }) as unknown as Cloud;
const forever = cloudOf(() => ({ expires_at: null }));

describe('describeCredential', () => {
  const expiringIn = (days: number) =>
    cloudOf(() => ({ expires_at: new Date(Date.now() + days * DAY_MS).toISOString().replace('Z', '') }));

  it('says how narrow the credential is and when it expires', async () => {
    const { facts, warnings } = await describeCredential(expiringIn(100.5), tokenWith(rules));
    expect([facts, warnings]).toEqual([['agent: 16 access rules; expires in 100 days'], []]);
  });

  it('warns of a credential that expires soon', async () => {
    const { warnings } = await describeCredential(expiringIn(10.5), tokenWith(rules));
    expect(warnings).toEqual([
      {
        message: expect.stringContaining('expires in 10 days'),
        hint: expect.stringContaining('without a restart'),
      },
    ]);
  });

  it('says that a credential is wide', async () => {
    const { facts, warnings } = await describeCredential(forever, tokenWith());
    expect([facts, warnings]).toEqual([[expect.stringMatching(/no access rules.*does not expire/)], []]);
  });

  it('warns of an unrestricted credential', async () => {
    const { warnings } = await describeCredential(forever, tokenWith(undefined, false));
    expect(warnings).toEqual([
      {
        message: expect.stringContaining('agent is unrestricted'),
        hint: expect.stringContaining('ovn-docker credential create'),
      },
    ]);
  });

  it('says that Keystone does not show the expiry to the credential itself', async () => {
    const denied = cloudOf(() => {
      throw refusal(401, '');
    });
    expect((await describeCredential(denied, tokenWith(rules))).facts).toEqual([
      'agent: 16 access rules; Keystone does not show when it expires',
    ]);
  });

  it('says nothing about a password', async () => {
    expect(
      await describeCredential(forever, { ...tokenWith(), application_credential: undefined } as never),
    ).toEqual({ facts: [] });
  });

  it('fails when the rules lack a call that every agent needs', async () => {
    const without = rules.filter(({ method }) => method !== 'POST');
    await expect(describeCredential(forever, tokenWith(without))).rejects.toMatchObject({
      code: 'E_ACCESS_RULES',
      message: 'the access rules of application credential agent do not allow POST /v2.0/ports',
    });
  });
});

describe('requireCalls', () => {
  it('refuses a credential that was made for another trunk', async () => {
    await expect(requireCalls(forever, tokenWith(rules), 'trunk-2')).rejects.toMatchObject({
      code: 'E_ACCESS_RULES',
      message: expect.stringContaining('PUT /v2.0/trunks/trunk-2/add_subports'),
    });
    await requireCalls(forever, tokenWith(rules), 'trunk-1');
  });

  it('accepts rules with the path of the endpoint', async () => {
    const behind = rules.map((rule) => ({ ...rule, path: `/networking${rule.path}` }));
    await requireCalls(
      cloudOf(() => undefined, 'http://cloud/networking'),
      tokenWith(behind),
      'trunk-1',
    );
  });
});
