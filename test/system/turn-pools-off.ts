/**
 * `node --conditions=source turn-pools-off.ts LAB`: the main job ran with warm NICs; the tests after it count what each
 * container leaves, and turn a pool on where they want one. A process of its own: vitest's global setup does not see our
 * packages' sources.
 */
import { openLab, vms } from '@ovn-docker/lab';
import { configureAgent } from '../support/agent-config.ts';

const lab = openLab(process.argv[2] ?? '');
await Promise.all(vms.map(({ name }) => configureAgent(lab, name, { pool: { high: 0 } })));
