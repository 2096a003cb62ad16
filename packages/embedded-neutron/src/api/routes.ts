import type { Hono } from 'hono';
import type { Caller } from '../policy/caller.ts';

/** The application that routes are added to. The context of each request carries its authenticated caller. */
export type Routes = Hono<{ Variables: { caller: Caller } }>;
