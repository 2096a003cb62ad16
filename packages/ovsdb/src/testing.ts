/**
 * For the unit tests of programs that use OVSDB: a server in memory.
 *
 * @packageDocumentation
 */
export { MemoryServer, type MemoryServerOptions, startMemoryServer } from './memory/memory-server.ts';
