export { nearestKey, suggestion } from './nearest-key.ts';
export { ConfigProblem, parseConfig } from './parse-config.ts';
