import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { allowedRequests } from './allowed-requests.ts';

test('docs/broker.md lists exactly the allowed requests, with what the broker checks', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../../docs/broker.md'), 'utf8');
  const rows = allowedRequests.map(
    ({ method, path, forNetworks, checks }) =>
      `| \`${method} /v2.0${path}\`${forNetworks ? ' †' : ''} | ${checks} |`,
  );
  expect(page.match(/^\| `[A-Z]+ \/v2\.0.*$/gm)).toEqual(rows);
});
