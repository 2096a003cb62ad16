import { expect, it } from 'vitest';
import { layoutOf, placesOf } from './layout.ts';
import { machineNames } from './topology.ts';

it.each(['', 'A', '1lab', 'a-b', 'ninechars', '../x', 'lab lab'])('refuses %j as a name', (name) => {
  expect(() => layoutOf(name)).toThrowError(expect.objectContaining({ code: 'LAB_NAME' }));
});

it('even with the longest name of a lab, the paths of Unix sockets are below Linux’s limit of 107 bytes', () => {
  for (const machine of machineNames) {
    const { run } = placesOf(layoutOf('eightlet'), machine);
    expect(`${run}/openvswitch/ovn-controller.4194304.ctl`.length).toBeLessThan(107);
  }
});

it('two labs share only the cache', () => {
  const [one, other] = [layoutOf('one'), layoutOf('two')];
  for (const machine of machineNames) {
    const places = Object.values(placesOf(one, machine));
    expect(places.filter((place) => Object.values(placesOf(other, machine)).includes(place))).toEqual([]);
  }
  expect(one.cache).toBe(other.cache);
});
