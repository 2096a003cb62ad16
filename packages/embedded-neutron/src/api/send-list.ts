import type { Context } from 'hono';
import type { Wire } from './resource.ts';

/** Lists of more items than this are sent in pieces. */
const PIECE = 100;

/**
 * Answers with a list. A long one is converted to text in pieces, as the client reads it, so that other
 * requests get turns of the event loop.
 *
 * @param more other members of the body
 */
export function sendList(
  context: Context,
  name: string,
  items: readonly Wire[],
  more: object,
  status: 200 | 201 = 200,
): Response {
  if (items.length <= PIECE) return context.json({ [name]: items, ...more }, status);
  let sent = 0;
  const body = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      await new Promise(setImmediate);
      const piece = items.slice(sent, sent + PIECE).map((item) => JSON.stringify(item));
      const start = sent === 0 ? `{${JSON.stringify(name)}:[` : ',';
      sent += PIECE;
      const isLast = sent >= items.length;
      const rest = JSON.stringify(more).slice(1);
      const end = isLast ? `]${rest === '}' ? rest : `,${rest}`}` : '';
      controller.enqueue(new TextEncoder().encode(start + piece.join() + end));
      if (isLast) controller.close();
    },
  });
  return context.body(body, status, { 'Content-Type': 'application/json' });
}
