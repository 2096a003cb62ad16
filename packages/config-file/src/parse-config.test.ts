import { expect, it } from 'vitest';
import { z } from 'zod';
import { ConfigProblem, parseConfig } from './parse-config.ts';

const marks = z.strictObject({ low: z.int(), high: z.int() });
const schema = z.strictObject({
  name: z.string().optional(),
  pool: marks.partial().optional(),
  networks: z.record(z.string(), marks.partial()).optional(),
});

const parsed = (text: string) => parseConfig(schema, text, '/etc/x.yaml');

it('returns what the schema makes of the text, and takes an empty file for an empty object', () => {
  expect(parsed('pool: {low: 2}')).toEqual({ pool: { low: 2 } });
  expect(parsed('')).toEqual({});
  expect(parsed('# only a comment')).toEqual({});
});

it.each([
  ['{', '/etc/x.yaml is not YAML: '],
  ['[]', '/etc/x.yaml: the file: '],
  ['pool: {low: x}', '/etc/x.yaml: pool.low: '],
  ['nmae: x', 'there is no key nmae (did you mean name?)'],
  ['pool: {hihg: 1}', 'there is no key pool.hihg (did you mean pool.high or networks.*.high?)'],
  ['low: 1', 'there is no key low (did you mean pool.low or networks.*.low?)'],
  ['Pool: {}', 'there is no key Pool (did you mean pool?)'],
])('the problem of %j is %j', (text, problem) => {
  expect(() => parsed(text)).toThrow(ConfigProblem);
  expect(() => parsed(text)).toThrow(problem);
});

it('suggests no key when none is near', () => {
  expect(() => parsed('zzzzzz: 1')).toThrow(/there is no key zzzzzz$/);
});

it('reports every problem on a line of its own', () => {
  expect(() => parsed('pool: {low: x, high: y}\nnmae: 1')).toThrow(/pool\.low: .*\n.*pool\.high: .*\n.*nmae/);
});
