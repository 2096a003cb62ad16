/**
 * `node --conditions=source turn-pools-off.ts LAB`: turns the pools off in all VMs. The main job runs with
 * warm NICs; the tests count NICs and turn a pool on where they need one. This is its own process because
 * Vitest's global setup does not resolve the packages to their sources.
 */
import { openLab, vms } from '@ovn-docker/lab';
import { configureAgent } from '../support/agent-config.ts';

const lab = openLab(process.argv[2] ?? '');
await Promise.all(vms.map(({ name }) => configureAgent(lab, name, { pool: { high: 0 } })));
