import type { Scope } from './address.ts';

// linux/rtnetlink.h, enum rt_scope_t
export const RT_SCOPE_UNIVERSE = 0;
export const RT_SCOPE_LINK = 253;
export const RT_SCOPE_NOWHERE = 255;

const NAMES: ReadonlyMap<number, Scope> = new Map([
  [RT_SCOPE_UNIVERSE, 'global'],
  [200, 'site'],
  [RT_SCOPE_LINK, 'link'],
  [254, 'host'],
  [RT_SCOPE_NOWHERE, 'nowhere'],
]);

/** The name of a scope; the number for a scope that an administrator defined. */
export const scopeName = (scope: number): Scope => NAMES.get(scope) ?? scope;
