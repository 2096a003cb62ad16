import { BrokerError } from '../errors.ts';

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads `--expires`, such as `12h`. @returns the time at its end @throws BrokerError OPTION_INVALID */
export function timeAfter(text: string): Date {
  const [, count = '', unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  const duration = Number(count) * (units[unit] ?? 0);
  if (duration > 0) return new Date(Date.now() + duration);
  throw new BrokerError('OPTION_INVALID', `--expires: "${text}" is no time such as 30m, 12h or 7d`);
}
