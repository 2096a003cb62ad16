import type { Context } from 'hono';
import { mapInSlices, pause } from '../northbound/slices.ts';
import type { Wire } from './resource.ts';

/** Lists of more items than this are sent in pieces. */
const FEW = 100;
/** A piece has about this many characters. */
const PIECE = 65_536;

/**
 * Answers with a list. A long one is converted to text in pieces, as the client reads it, so that other
 * requests get turns of the event loop.
 *
 * @param more other members of the body
 */
export async function sendList(
  context: Context,
  name: string,
  items: readonly Wire[],
  more: object,
  status: 200 | 201 = 200,
): Promise<Response> {
  const headers = { 'Content-Type': 'application/json' };
  const start = `{${JSON.stringify(name)}:[`;
  const rest = JSON.stringify(more).slice(1);
  const end = `]${rest === '}' ? rest : `,${rest}`}`;
  if (items.length <= FEW) {
    const texts = await mapInSlices(items, (item) => JSON.stringify(item));
    return context.body(start + texts.join() + end, status, headers);
  }
  let sent = 0;
  const body = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      let piece = sent === 0 ? start : '';
      while (sent < items.length && piece.length < PIECE) {
        piece += (sent === 0 ? '' : ',') + JSON.stringify(items[sent]);
        sent += 1;
        await pause();
      }
      const isLast = sent >= items.length;
      controller.enqueue(new TextEncoder().encode(isLast ? piece + end : piece));
      if (isLast) controller.close();
    },
  });
  return context.body(body, status, headers);
}
