export { type ConnectionLimits, Connections } from './connections.ts';
export { connectionsWithin } from './open-files.ts';
export { addressOrPrefix, plainAddress } from './peer-address.ts';
export { closeGently, openPort } from './server.ts';
export { type TlsContents, TlsFiles, type TlsFilesOptions, type TlsPaths } from './tls-files.ts';
export { type Rate, TokenBuckets } from './token-buckets.ts';
