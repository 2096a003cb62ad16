import { z } from 'zod';

/** Control characters: no name, path or id has one, and ovsdb-server drops a connection that sends NUL. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const CONTROL = /[\u0000-\u001f\u007f]/;

/**
 * Whether other programs can store the text: it has no control characters, and it is valid Unicode, so that
 * it can be part of a URL (half of a surrogate pair cannot).
 */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !CONTROL.test(text);
}

/** A text from outside that the agent passes on to other programs, with at most `max` characters. */
export function outsideText(max = 1024) {
  return z.string().max(max).refine(isStorable, 'contains control characters or invalid Unicode');
}

/** The problems of a request, in one line. */
export function problemsOf(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => [...path.map(String), message].join(': ')).join('; ');
}
