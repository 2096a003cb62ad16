import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import {
  bareNumbers,
  collectScenarioTests,
  renderScenarioDoc,
  scenarioDoc,
  scenarios,
  untested,
} from './scenario-list.ts';

it('every scenario has a test unless the page says why not, and every number in a title is a scenario', () => {
  const tests = collectScenarioTests();
  const missing = Object.keys(scenarios).filter((number) => !tests.has(Number(number)));
  const unknown = [...tests.keys()].filter((number) => scenarios[number] === undefined);
  expect([missing, unknown]).toEqual([untested.map(String), []]);
});

it('docs/scenarios.md agrees with the titles (npm run docs:scenarios writes it)', () => {
  expect(readFileSync(scenarioDoc, 'utf8')).toBe(renderScenarioDoc(collectScenarioTests()));
});

it('a title names its scenario as `scenario N: …`, in unit tests too', () => {
  expect(bareNumbers()).toEqual([]);
});

it('the page has no placeholder of a table of tests', () => {
  expect(renderScenarioDoc(collectScenarioTests())).not.toMatch(/%[sdifjo]/);
});
