import fc, { type Arbitrary, type AsyncCommand } from 'fast-check';
import { kinds, type Model, networks, outageKinds } from './model.ts';
import { addForeignSubport } from './steps/add-foreign-subport.ts';
import { beginOutage } from './steps/begin-outage.ts';
import { connectNetwork } from './steps/connect-network.ts';
import { crashAgent } from './steps/crash-agent.ts';
import { crashAgentAtStage, crashPoints } from './steps/crash-agent-at-stage.ts';
import { disconnectNetwork } from './steps/disconnect-network.ts';
import { endOutage } from './steps/end-outage.ts';
import { removeContainers } from './steps/remove-containers.ts';
import { removeForeignSubport } from './steps/remove-foreign-subport.ts';
import { restartAgent } from './steps/restart-agent.ts';
import { runContainers } from './steps/run-containers.ts';
import { startContainer } from './steps/start-container.ts';
import { stopContainer } from './steps/stop-container.ts';
import type { World } from './world.ts';

const network = fc.constantFrom(...networks);
const index = fc.nat({ max: 3 });
const container = fc.tuple(fc.constantFrom(...kinds), network);

/** All steps, with their relative frequencies. fast-check chooses their order. */
export const steps: Arbitrary<AsyncCommand<Model, World>> = fc.oneof(
  { weight: 6, arbitrary: fc.array(container, { minLength: 1, maxLength: 3 }).map(runContainers) },
  { weight: 3, arbitrary: index.map(stopContainer) },
  { weight: 4, arbitrary: index.map(startContainer) },
  {
    weight: 3,
    arbitrary: fc.tuple(index, fc.integer({ min: 1, max: 3 })).map((args) => removeContainers(...args)),
  },
  { weight: 4, arbitrary: fc.tuple(index, network).map((args) => connectNetwork(...args)) },
  { weight: 3, arbitrary: index.map(disconnectNetwork) },
  { weight: 2, arbitrary: fc.constant(crashAgent()) },
  { weight: 4, arbitrary: fc.constantFrom(...crashPoints).map(crashAgentAtStage) },
  { weight: 1, arbitrary: fc.constant(restartAgent()) },
  { weight: 2, arbitrary: fc.constantFrom(...outageKinds).map(beginOutage) },
  { weight: 3, arbitrary: fc.constant(endOutage()) },
  { weight: 2, arbitrary: index.map(addForeignSubport) },
  { weight: 2, arbitrary: index.map(removeForeignSubport) },
);
