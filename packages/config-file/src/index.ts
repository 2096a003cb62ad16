export { listenAddress, splitAddress } from './listen-address.ts';
export { ConfigProblem, parseConfig } from './parse-config.ts';
