import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseAgentConfig, poolMarks } from '../../packages/ovn-docker/src/config/agent-config.ts';
import { root } from '../bundle.ts';

const path = 'packaging/config.example.yaml';
const text = readFileSync(join(root, path), 'utf8');

it('the sample configuration shows every default', () => {
  const defaults = parseAgentConfig('', 'defaults');
  expect(parseAgentConfig(text, path)).toMatchObject({ ...defaults, cloud: {}, pool: {} });
  // A key that the sample leaves out would have its default, too.
  for (const key of Object.keys(defaults)) expect(text).toMatch(new RegExp(`^${key}:`, 'm'));
  const network = { id: 'x', name: 'y' };
  expect(poolMarks(parseAgentConfig(text, path), network)).toEqual(poolMarks(defaults, network));
});

it('the examples in the sample configuration are valid, too', () => {
  const examples = text.replaceAll(/^( *)# (\w+: .*example:)/gm, '$1$2');
  expect(examples).not.toBe(text);
  expect(parseAgentConfig(examples, path)).toMatchObject({
    vif_id: expect.any(String),
    pool: { networks: { LS1: { low: 10 } } },
    cloud: { auth_url: expect.any(String) },
  });
});
