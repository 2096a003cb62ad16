import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ownRequests } from './access-rules.ts';
import { allowedRequests } from './allowed-requests.ts';

test('docs/broker.md lists exactly the requests to Neutron: the allowed ones with what the broker checks, then its own', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../../docs/broker.md'), 'utf8');
  const requests = [
    ...allowedRequests.map((request) => ({ ...request, about: request.checks })),
    ...ownRequests.map((request) => ({ ...request, about: request.why })),
  ];
  const rows = requests.map(
    ({ method, path, forNetworks, about }) =>
      `| \`${method} /v2.0${path}\`${forNetworks ? ' †' : ''} | ${about} |`,
  );
  expect(page.match(/^\| `[A-Z]+ \/v2\.0.*$/gm)).toEqual(rows);
});
