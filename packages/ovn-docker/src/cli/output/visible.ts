/** Control characters (C0, DEL and C1), which a terminal obeys: it moves the cursor, paints, or answers. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the same without the ends of lines
const CONTROL_IN_LINES = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g;

/**
 * A name from another program, for people: control characters become visible, such as `\x1b`. So the names of
 * networks, and the answers of a VM that an attacker owns, cannot command the reader's terminal.
 */
export function visible(text: string): string {
  return text.replace(CONTROL, shown);
}

/** The same for a text of several lines. */
export function visibleLines(text: string): string {
  return text.replace(CONTROL_IN_LINES, shown);
}

function shown(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
