/** Reads a body as text. @throws Error if it is longer than `limit` bytes; then the stream is closed */
export async function readAtMost(body: AsyncIterable<Uint8Array>, limit: number): Promise<string> {
  // One buffer: an object for each of many tiny chunks would take a hundred times the memory of their bytes.
  let buffer = Buffer.alloc(4096);
  let length = 0;
  for await (const chunk of body) {
    const end = length + chunk.byteLength;
    if (end > limit) throw new Error(`the answer is longer than ${limit} bytes`);
    if (end > buffer.length) buffer = Buffer.concat([buffer], Math.max(end, 2 * buffer.length));
    buffer.set(chunk, length);
    length = end;
  }
  return buffer.toString('utf8', 0, length);
}
