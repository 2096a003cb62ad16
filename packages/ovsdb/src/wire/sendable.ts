import { OvsdbSchemaError } from '../errors.ts';

/** ovsdb-server refuses JSON that is nested deeper than 1,000 levels (json.h `JSON_MAX_HEIGHT`). */
const DEEPEST = 900;

/**
 * Checks what would make ovsdb-server drop the connection, and with it all other calls in progress: a NUL or
 * half a surrogate pair in a string (RFC 7047 §3.1 `<string>`), and JSON that is nested too deeply. Also
 * refuses numbers that JSON cannot express, which it would turn into null.
 *
 * @throws OvsdbSchemaError with the place of the value
 */
export function checkSendable(value: unknown, name: string): void {
  const fault = faultOf(value, 0);
  if (fault) throw new OvsdbSchemaError(`${name}${fault.path} ${fault.what}`);
}

interface Fault {
  path: string;
  readonly what: string;
}

function faultOf(value: unknown, depth: number): Fault | undefined {
  if (typeof value === 'string') return faultOfText(value);
  if (typeof value === 'number' && !Number.isFinite(value))
    return { path: '', what: `must be a finite number, not ${value}` };
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth > DEEPEST) return { path: '', what: `is nested deeper than ${DEEPEST} levels` };
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const fault = faultOf(value[index], depth + 1);
      if (fault) return inside(`[${index}]`, fault);
    }
    return undefined;
  }
  for (const [key, member] of Object.entries(value)) {
    const fault = faultOfText(key) ?? faultOf(member, depth + 1);
    if (fault) return inside(`.${JSON.stringify(key)}`, fault);
  }
  return undefined;
}

/** Returns what a string contains that ovsdb-server cannot read; undefined for nothing. */
export function faultOfText(text: string): Fault | undefined {
  if (text.includes('\0')) return { path: '', what: 'contains a NUL character' };
  if (!text.isWellFormed()) return { path: '', what: 'contains half a surrogate pair' };
  return undefined;
}

function inside(step: string, fault: Fault): Fault {
  // In a value of hundreds of levels, the place does not help.
  if (fault.path.length < 200) fault.path = step + fault.path;
  return fault;
}
