import { join } from 'node:path';
import { expect, it } from 'vitest';
import { commands } from '../../packages/ovn-docker/src/cli/commands/index.ts';
import { globalOptions } from '../../packages/ovn-docker/src/cli/global-options.ts';
import { root } from '../bundle.ts';
import { manualPage } from './manual.ts';

const facts = { version: '1.2.3', date: '2026-01-31', example: join(root, 'packaging/config.example.yaml') };

it('ovn-docker(1) contains every command and option', () => {
  const page = manualPage('ovn-docker.1', facts).replaceAll('\\-', '-');
  for (const { name, summary, options = {} } of commands) {
    expect(page).toMatch(new RegExp(`^\\.B ${name}( |$)`, 'm'));
    expect(page).toContain(summary);
    for (const { syntax } of Object.values(options)) expect(page).toContain(`.B ${syntax}\n`);
  }
  for (const { syntax } of Object.values(globalOptions)) expect(page).toContain(`.B ${syntax}\n`);
});

it.each([
  'ovn-docker.1',
  'ovn-docker-agent.8',
  'ovn-docker-config.5',
  'embedded-neutron.8',
  'ovn-docker-broker.8',
])('%s has no placeholder left', (page) => {
  const text = manualPage(page, facts);
  expect(text).toContain('"2026-01-31"');
  expect(text).not.toMatch(/@[A-Z]+@/);
});

it('a line of a configuration cannot become a request of groff', () => {
  const page = manualPage('ovn-docker-config.5', { ...facts, example: join(root, 'biome.json') });
  expect(page).not.toMatch(/^["{]?\s*'(?!\\)/m);
  expect(page).toContain('.nf\n{\n');
});
