/**
 * A boolean as Docker reads it in flags and options, with Go's strconv.ParseBool; undefined for other texts.
 */
export function dockerBoolean(text: string): boolean | undefined {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return false;
  return undefined;
}
