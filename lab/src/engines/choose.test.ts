import { expect, it } from 'vitest';
import { chooseEngine, defaultEngines, everyVm } from './choose.ts';

it('--engine 28 is the engine of every VM, --engine vm-b=26 that of one', () => {
  expect(chooseEngine('28', defaultEngines)).toEqual(everyVm('28'));
  expect(chooseEngine('vm-b=26', defaultEngines)).toEqual({ ...defaultEngines, 'vm-b': '26' });
  expect(chooseEngine('vm-b=26', everyVm('28'))).toEqual({ ...everyVm('28'), 'vm-b': '26' });
});

it.each(['29', '', 'vm-b', 'vm-b=', 'vm-b=29', 'hv1=26', '=26', 'toString=26'])(
  '--engine "%s" is refused',
  (value) => {
    expect(chooseEngine(value, defaultEngines)).toBeUndefined();
  },
);
