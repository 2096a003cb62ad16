/**
 * The beginning of a text, at most `length` UTF-16 code units. It never ends with half of a surrogate pair,
 * which no request can carry.
 */
export function cutText(text: string, length: number): string {
  const cut = text.slice(0, length);
  return text.isWellFormed() && !cut.isWellFormed() ? cut.slice(0, -1) : cut;
}
