import { OvsdbMessageTooLargeError } from '../errors.ts';
import { checkSendable } from './sendable.ts';

/** A longer request is sent in pieces of about this size, in characters. */
const PIECE = 65_536;

/**
 * Converts a request to bytes, parameter by parameter. Yields after each, so that the caller can pause.
 *
 * @returns the message in pieces
 * @throws OvsdbSchemaError when the server would drop the connection over it; OvsdbMessageTooLargeError;
 *   TypeError when a parameter is not JSON
 */
export function* encodeRequest(
  method: string,
  params: readonly unknown[],
  { id, maxBytes }: { readonly id: number; readonly maxBytes: number },
): Generator<void, Buffer[]> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  let text = `{"method":${JSON.stringify(method)},"id":${id},"params":[`;
  const flush = () => {
    const piece = Buffer.from(text);
    bytes += piece.length;
    if (bytes > maxBytes) throw new OvsdbMessageTooLargeError(maxBytes);
    pieces.push(piece);
    text = '';
  };
  for (const [index, param] of params.entries()) {
    checkSendable(param, `${method} params[${index}]`);
    text += (index === 0 ? '' : ',') + JSON.stringify(param);
    if (text.length >= PIECE) flush();
    yield;
  }
  text += ']}';
  flush();
  return pieces;
}
