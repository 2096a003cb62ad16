/** The number of keys, and of texts for each, that are remembered. The rest is not shared. */
const MAX_KEYS = 64;
const MAX_TEXTS = 256;
/** Longer texts are rarely the same. */
const MAX_LENGTH = 64;

/**
 * The values that many rows have under the same key of a map, such as the id of a project: each is stored
 * once, and not once for each row.
 */
export class SharedTexts {
  readonly #byKey = new Map<string, Map<string, string>>();

  /** Returns an equal text, if possible one that another row has. */
  share(key: string, text: string): string {
    if (text.length > MAX_LENGTH) return text;
    let texts = this.#byKey.get(key);
    if (texts === undefined) {
      if (this.#byKey.size >= MAX_KEYS) return text;
      texts = new Map();
      this.#byKey.set(key, texts);
    }
    const known = texts.get(text);
    if (known !== undefined) return known;
    if (texts.size < MAX_TEXTS) texts.set(text, text);
    return text;
  }
}
