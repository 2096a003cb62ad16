import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import {
  collectScenarioTests,
  renderScenarioDoc,
  scenarioDoc,
  scenarios,
  untested,
} from './scenario-list.ts';

it('every scenario but those that say why not has a test by its number, and every number in a title is a scenario', () => {
  const tests = collectScenarioTests();
  const missing = Object.keys(scenarios).filter((number) => !tests.has(Number(number)));
  const unknown = [...tests.keys()].filter((number) => scenarios[number] === undefined);
  expect([missing, unknown]).toEqual([untested.map(String), []]);
});

it('docs/scenarios.md is what the titles say: npm run docs:scenarios', () => {
  expect(readFileSync(scenarioDoc, 'utf8')).toBe(renderScenarioDoc(collectScenarioTests()));
});
