/**
 * An OVSDB server in memory, for the unit tests of programs that use OVSDB.
 *
 * @packageDocumentation
 */
export { MemoryServer, type MemoryServerOptions, startMemoryServer } from './memory/memory-server.ts';
