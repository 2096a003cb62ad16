import type { Hono } from 'hono';
import type { Caller } from '../policy/caller.ts';

/** The Hono application of the network API. The context of each request contains the authenticated caller. */
export type Routes = Hono<{ Variables: { caller: Caller } }>;
