import { InvalidArgumentError } from 'commander';

const UNIT_MS = { h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 } as const;

/**
 * Reads when a credential expires: a duration such as `12h`, `90d` or `4w`, or a time in ISO 8601, in UTC
 * unless it has a zone. Returns the time as Keystone expects it.
 * @param now milliseconds since the epoch
 * @throws InvalidArgumentError for another form, and for a time that is past
 */
export function parseExpiry(text: string, now = Date.now()): string {
  const [, count, unit] = /^(\d{1,5})([hdw])$/.exec(text) ?? [];
  const time =
    count === undefined ? timeOf(text) : now + Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS];
  if (Number.isNaN(time)) throw new InvalidArgumentError('Write it like 90d, 12h or 2027-06-30T12:00.');
  if (time <= now) throw new InvalidArgumentError('The time is past.');
  return new Date(time).toISOString().replace('Z', '');
}

function timeOf(text: string): number {
  if (!/^\d{4}-\d{2}-\d{2}/.test(text)) return Number.NaN;
  const hasZone = /(Z|[+-]\d{2}:?\d{2})$/.test(text) || text.length === 'yyyy-mm-dd'.length;
  return Date.parse(hasZone ? text : `${text}Z`);
}
