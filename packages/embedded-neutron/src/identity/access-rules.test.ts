import { isCallAllowed } from '@ovn-docker/openstack';
import { expect, test } from 'vitest';
import { isAllowed, matchesPath } from './access-rules.ts';

const paths = [
  '/v2.0/ports',
  '/v2.0/ports/',
  '/v2.0/ports/1',
  '/v2.0/ports/1/tags',
  '/v2.0/ports/1/2/tags',
  '/v2.0/networks',
  '/v2.0/networks/1',
  '/v2.0/',
  '/v2.0',
  '/v2.0/open',
  '/v2.0/{open',
  '/v2.0//tags',
  '/x/v2.0/ports',
] as const;

/** The paths that keystonemiddleware 10.1 matches with each pattern, as its `_path_matches` answered. */
const recorded: Readonly<Record<string, readonly (typeof paths)[number][]>> = {
  '/v2.0/ports': ['/v2.0/ports'],
  '/v2.0/ports/*': ['/v2.0/ports/1'],
  '/v2.0/ports/*/tags': ['/v2.0/ports/1/tags'],
  '/v2.0/{collection}/{id}': ['/v2.0/ports/1', '/v2.0/networks/1'],
  '/v2.0/**': [
    '/v2.0/ports',
    '/v2.0/ports/',
    '/v2.0/ports/1',
    '/v2.0/ports/1/tags',
    '/v2.0/ports/1/2/tags',
    '/v2.0/networks',
    '/v2.0/networks/1',
    '/v2.0/',
    '/v2.0/open',
    '/v2.0/{open',
    '/v2.0//tags',
  ],
  '/**': [
    '/v2.0/ports',
    '/v2.0/ports/',
    '/v2.0/ports/1',
    '/v2.0/ports/1/tags',
    '/v2.0/ports/1/2/tags',
    '/v2.0/networks',
    '/v2.0/networks/1',
    '/v2.0/',
    '/v2.0',
    '/v2.0/open',
    '/v2.0/{open',
    '/v2.0//tags',
    '/x/v2.0/ports',
  ],
  '/v2.0/**/tags': ['/v2.0/ports/1/tags', '/v2.0/ports/1/2/tags', '/v2.0//tags'],
  '/v2.0/p*s': ['/v2.0/ports'],
  '/v2.0/***': [
    '/v2.0/ports',
    '/v2.0/ports/1',
    '/v2.0/ports/1/tags',
    '/v2.0/ports/1/2/tags',
    '/v2.0/networks',
    '/v2.0/networks/1',
    '/v2.0/open',
    '/v2.0/{open',
    '/v2.0//tags',
  ],
  '/v2.0/{open': ['/v2.0/open'],
  '/v2.0/ports/{}': ['/v2.0/ports/1'],
  '/v2.0/{}': ['/v2.0/ports', '/v2.0/networks', '/v2.0/open', '/v2.0/{open'],
};

test.each(Object.entries(recorded))('%s matches as in keystonemiddleware', (pattern, matching) => {
  expect(paths.filter((path) => matchesPath(pattern, path))).toEqual(matching);
  // The client explains a refusal with a matcher of its own.
  const rule = { service: 'network', method: 'GET' };
  expect(paths.filter((path) => isCallAllowed([{ ...rule, path: pattern }], { ...rule, path }))).toEqual(
    matching,
  );
});

test('service, method and path must all match one rule', () => {
  const rules = [
    { service: 'network', method: 'GET', path: '/v2.0/ports' },
    { service: 'network', method: 'DELETE', path: '/v2.0/ports/*' },
  ];
  const allowed = (method: string, path: string, service = 'network') =>
    isAllowed(rules, { service, method, path });
  expect([allowed('GET', '/v2.0/ports'), allowed('DELETE', '/v2.0/ports/1')]).toEqual([true, true]);
  expect(allowed('GET', '/v2.0/ports/1')).toBe(false);
  expect(allowed('HEAD', '/v2.0/ports')).toBe(false);
  expect(allowed('GET', '/v2.0/ports', 'identity')).toBe(false);
  expect(isAllowed([], { service: 'network', method: 'GET', path: '/v2.0/ports' })).toBe(false);
});

test('characters that have a meaning in regular expressions have none in a rule', () => {
  const matches = [matchesPath('/v2.0', '/v2x0'), matchesPath('/a+', '/aa'), matchesPath('/a+', '/a+')];
  expect(matches).toEqual([false, false, true]);
});

test('a pattern made to be slow is matched in few steps', () => {
  // A backtracking regular expression needs more than 10^20 steps for it.
  expect(matchesPath(`/${'**a'.repeat(70)}`, `/${'a'.repeat(4000)}b`)).toBe(false);
});
