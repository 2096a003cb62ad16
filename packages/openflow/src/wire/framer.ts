import { malformed } from '../errors.ts';
import { HEADER_LENGTH, type Message } from './message.ts';

/**
 * Cuts a stream of bytes into messages. A message is at most 65,535 bytes, so the rest that it keeps is
 * bounded.
 */
export class Framer {
  #rest: Buffer = Buffer.alloc(0);

  /**
   * Returns the messages that are complete with this chunk.
   * @throws OpenFlowError `OPENFLOW_MALFORMED` when a length is shorter than a header
   */
  push(chunk: Buffer): Message[] {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const messages: Message[] = [];
    while (bytes.length >= HEADER_LENGTH) {
      const length = bytes.readUInt16BE(2);
      if (length < HEADER_LENGTH) throw malformed(`a message claims a length of ${length} bytes`);
      if (bytes.length < length) break;
      messages.push({
        version: bytes.readUInt8(0),
        type: bytes.readUInt8(1),
        xid: bytes.readUInt32BE(4),
        body: bytes.subarray(HEADER_LENGTH, length),
      });
      bytes = bytes.subarray(length);
    }
    this.#rest = bytes;
    return messages;
  }
}
