import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createWorld } from '../../test/support/world.ts';
import { WARNING_CHANNEL } from '../observe/warnings.ts';
import { checkLabels } from './warn-of-labels.ts';

const events: unknown[] = [];
const listen = (event: unknown) => events.push(event);
beforeEach(() => {
  events.length = 0;
  subscribe(WARNING_CHANNEL, listen);
});
afterEach(() => unsubscribe(WARNING_CHANNEL, listen));

const start = (labels: Record<string, string>) => ({ action: 'start', containerId: 'c'.repeat(64), labels });

it('a container with a misspelt label causes a warning event when it starts', () => {
  const { engine } = createWorld();
  checkLabels(engine, start({ 'org.ovn-docker.security_groups': 'web', image: 'busybox' }));
  checkLabels(engine, { ...start({ 'org.ovn-docker.security_groups': 'web' }), action: 'die' });
  expect(events).toEqual([
    {
      warning:
        'ovn-docker has no label org.ovn-docker.security_groups (did you mean "org.ovn-docker.security-groups"?)',
      details: { container: 'c'.repeat(12) },
    },
  ]);
});

it('a container with right labels causes none', () => {
  const { engine } = createWorld();
  checkLabels(engine, start({ 'org.ovn-docker.security-groups': 'web', name: 'network', image: 'nic' }));
  expect(events).toEqual([]);
});
