import { expect, it } from 'vitest';
import { createWorld } from '../../../test/support/world.ts';
import { acquire } from '../../lifecycle/acquire.ts';
import { finish } from '../../lifecycle/finish.ts';

async function withExisting(mode: 'trunk' | 'port-binding') {
  const world = createWorld({ mode });
  const existing = await world.engine.neutron.ports.create({ network_id: 'network-1', tags: ['red'] });
  const wants = { name: '', existing };
  const nic = await acquire(world.engine, { pool: world.pool, wants, claim: { endpointId: 'e' } });
  const port = () => world.neutron.ports.get(existing.id);
  return { ...world, nic, existing, port };
}

it.each(['trunk', 'port-binding'] as const)(
  'an existing port keeps the tags that its owner added while a container used it: %s',
  async (mode) => {
    const { nic, existing, port, engine, neutron } = await withExisting(mode);
    const { tags = [] } = port() ?? {};
    neutron.ports.set(existing.id, { ...existing, ...port(), tags: [...tags, 'blue'] });
    await finish(engine, nic);
    expect(port()?.tags).toEqual(['red', 'blue']);
    expect(port()?.['binding:profile'] ?? {}).toEqual({});
  },
);

it("an existing port is unbound even if its owner removed the agent's Neutron tags", async () => {
  const { nic, existing, port, engine, neutron } = await withExisting('port-binding');
  neutron.ports.set(existing.id, { ...existing, ...port(), tags: ['blue'] });
  await finish(engine, nic);
  expect([port()?.tags, port()?.['binding:profile']]).toEqual([['blue'], {}]);
});
