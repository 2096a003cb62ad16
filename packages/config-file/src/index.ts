export { ConfigProblem, parseConfig } from './parse-config.ts';
