/**
 * `npm run docs:scenarios`: writes docs/scenarios.md from the titles of the tests. A unit test fails if the
 * page is outdated.
 */
import { writeFileSync } from 'node:fs';
import { collectScenarioTests, renderScenarioDoc, scenarioDoc } from '../test/support/scenario-list.ts';

writeFileSync(scenarioDoc, renderScenarioDoc(collectScenarioTests()));
