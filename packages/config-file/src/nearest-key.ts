import { distance } from 'fastest-levenshtein';

/** A key with more wrong letters than this is another key. `nmae` for `name` has two. */
const MAX_WRONG_LETTERS = 2;

/**
 * The known key that the user most likely meant: the same letters and digits with other separators, or at
 * most {@link MAX_WRONG_LETTERS} wrong letters.
 */
export function nearestKey(key: string, known: readonly string[]): string | undefined {
  const text = plain(key);
  const same = known.find((other) => plain(other) === text);
  if (same !== undefined) return same;
  const [nearest] = known
    .map((other) => ({ other, wrong: wrongLetters(text, plain(other)) }))
    // In a short key, two wrong letters are most of it.
    .filter(({ other, wrong }) => wrong <= Math.min(MAX_WRONG_LETTERS, Math.floor(plain(other).length / 3)))
    .sort((a, b) => a.wrong - b.wrong);
  return nearest?.other;
}

/** ` (did you mean "x"?)`, or an empty string when no known key is near. */
export function suggestion(key: string, known: readonly string[]): string {
  const nearest = nearestKey(key, known);
  return nearest === undefined ? '' : ` (did you mean "${nearest}"?)`;
}

/** The number of wrong letters; the same letters in another order count as one. */
function wrongLetters(text: string, other: string): number {
  const sorted = (letters: string) => [...letters].sort().join('');
  return text !== other && sorted(text) === sorted(other) ? 1 : distance(text, other);
}

function plain(key: string): string {
  return key.toLowerCase().replace(/[^a-z0-9]/g, '');
}
