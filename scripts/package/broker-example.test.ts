import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseBrokerConfig } from '../../packages/credential-broker/src/config.ts';
import { root } from '../bundle.ts';

const path = 'packaging/ovn-docker-broker/config.example.yaml';

it("the broker's sample configuration shows every default", () => {
  const text = readFileSync(join(root, path), 'utf8');
  const { names, cloud: _cloud, ...shown } = parseBrokerConfig(text, path);
  const { names: _names, cloud: _none, ...defaults } = parseBrokerConfig('names: [x]', 'defaults');
  expect(shown).toEqual(defaults);
  expect(names.length).toBeGreaterThan(0);
  for (const key of Object.keys(defaults)) expect(text).toMatch(new RegExp(`^${key}:`, 'm'));
});
