/** Limit in characters for the part of a page that is read; its reason is near the beginning. */
const LONGEST_PAGE = 16_384;

/** Limit in characters for the returned text. */
const LONGEST_TEXT = 300;

/** Elements whose contents are no text of the page; the title only repeats the heading. */
const hiddenElements = /^<(style|script|title)\b/i;

/**
 * Returns the text of an HTML page, or of a text with <br/>, on one line and cut at 300 characters. Reads the
 * page once, from the beginning, in time proportional to its length: a hostile page must not block the
 * caller.
 */
export function pageText(page: string): string {
  return cut(visible(page.slice(0, LONGEST_PAGE)).replace(/\s+/g, ' ').trim(), LONGEST_TEXT);
}

/** Shortens a text from outside, so that messages and logs stay short. */
export function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

/** Replaces each tag, and each element that is hidden, by a space. A `<` without a `>` is text. */
function visible(page: string): string {
  const lower = page.toLowerCase();
  // Each search begins where the last one ended, and is not repeated after it has found nothing.
  const absent = new Set<string>();
  const find = (what: string, from: number) => {
    const found = absent.has(what) ? -1 : lower.indexOf(what, from);
    if (found === -1) absent.add(what);
    return found;
  };
  const texts: string[] = [];
  let at = 0;
  for (;;) {
    const start = find('<', at);
    const end = start === -1 ? -1 : find('>', start);
    if (end === -1) return [...texts, page.slice(at)].join(' ');
    texts.push(page.slice(at, start));
    const [, hidden] = hiddenElements.exec(lower.slice(start, start + 8)) ?? [];
    const close = hidden === undefined ? -1 : find(`</${hidden}>`, end);
    at = close === -1 ? end + 1 : close + `</${hidden}>`.length;
  }
}
