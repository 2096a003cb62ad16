import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);
const COST = 16384;
const LENGTH = 32;

/**
 * Hashes a secret with scrypt (RFC 7914) as `scrypt$N$r$p$salt$hash`, with salt and hash in base64url. Takes
 * about 50 ms in the thread pool.
 */
export async function hashPassword(secret: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(secret, salt, LENGTH, { N: COST, r: 8, p: 1 });
  return ['scrypt', COST, 8, 1, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

/** Whether the secret matches the hash. Compares in constant time. False for a hash of an unknown form. */
export async function verifyPassword(secret: string, stored: string): Promise<boolean> {
  const [scheme, n, r, p, salt, hash] = stored.split('$');
  if (scheme !== 'scrypt' || salt === undefined || hash === undefined) return false;
  const expected = Buffer.from(hash, 'base64url');
  const cost = { N: Number(n), r: Number(r), p: Number(p) };
  const actual = await derive(secret, Buffer.from(salt, 'base64url'), expected.length, cost);
  return timingSafeEqual(actual, expected);
}

let decoy: Promise<string> | undefined;

/**
 * Takes as long as {@link verifyPassword} and returns false, so that the time of a refusal does not show
 * which users exist.
 */
export async function verifyDecoy(secret: string): Promise<false> {
  decoy ??= hashPassword(randomBytes(16).toString('hex'));
  await verifyPassword(secret, await decoy);
  return false;
}
