import { expect, test } from 'vitest';
import { isCallAllowed } from './access-rules.ts';

const allowed = (pattern: string, path: string) =>
  isCallAllowed([{ service: 'network', method: 'GET', path: pattern }], {
    service: 'network',
    method: 'GET',
    path,
  });

/** As keystonemiddleware 10.1 answered. */
test.each([
  ['/v2.0/ports', ['/v2.0/ports'], ['/v2.0/ports/', '/v2.0/ports/1', '/x/v2.0/ports']],
  ['/v2.0/ports/*', ['/v2.0/ports/1'], ['/v2.0/ports', '/v2.0/ports/', '/v2.0/ports/1/tags']],
  ['/v2.0/{collection}/{id}', ['/v2.0/ports/1'], ['/v2.0/ports', '/v2.0/ports/1/tags']],
  ['/v2.0/**', ['/v2.0/', '/v2.0/ports', '/v2.0/ports/1/tags'], ['/v2.0', '/v3']],
  ['/v2.0/**/tags', ['/v2.0/ports/1/tags', '/v2.0//tags'], ['/v2.0/tags']],
])('%s', (pattern, matching, others) => {
  expect(matching.filter((path) => !allowed(pattern, path))).toEqual([]);
  expect(others.filter((path) => allowed(pattern, path))).toEqual([]);
});
