/** `npm run docs:scenarios`: writes docs/scenarios.md from the titles of the tests. The unit tests say whether it is up to date. */
import { writeFileSync } from 'node:fs';
import { collectScenarioTests, renderScenarioDoc, scenarioDoc } from '../test/support/scenario-list.ts';

writeFileSync(scenarioDoc, renderScenarioDoc(collectScenarioTests()));
