import type { IncomingMessage } from 'node:http';
import { Refusal } from './refusal.ts';

/** Bytes; as much as GitHub sends at the most: https://docs.github.com/en/webhooks/webhook-events-and-payloads */
const mostBytes = 25 * 1024 * 1024;

/** Bytes of all bodies together that are held at a time, however many senders there are. */
const mostHeld = 4 * mostBytes;

/** The memory that bodies under way may take. */
export class Room {
  #held = 0;

  /** Reads the body and gives it to `use`; until that is done it takes room. Throws Refusal for one that is too large, too slow or broken off. */
  async hold<T>(request: IncomingMessage, patience: number, use: (body: Buffer) => Promise<T>): Promise<T> {
    let own = 0;
    const take = (bytes: number): void => {
      own += bytes;
      this.#held += bytes;
      if (own > mostBytes) throw tooLarge();
      if (this.#held > mostHeld) throw new Refusal('busy', `${this.#held} bytes are being received`);
    };
    try {
      return await use(await bodyOf(request, patience, take));
    } finally {
      this.#held -= own;
    }
  }
}

const tooLarge = () => new Refusal('too-large', `the body is larger than ${mostBytes} bytes`);

/** Throws Refusal for a body that is announced as too large: not a byte of it is read. */
export function checkLength({ headers }: IncomingMessage): void {
  if (Number(headers['content-length'] ?? 0) > mostBytes) throw tooLarge();
}

/** The whole body, as its bytes came. `take` is told of each piece, and may throw. */
function bodyOf(request: IncomingMessage, patience: number, take: (bytes: number) => void): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    const tooSlow = setTimeout(() => fail(new Refusal('malformed', `the body took longer than ${patience} ms`, 408)), patience);
    const brokenOff = () => fail(new Refusal('malformed', 'the sender hung up in the middle of the body'));
    const onData = (piece: Buffer): void => {
      try {
        take(piece.length);
        pieces.push(piece);
      } catch (error) {
        fail(error);
      }
    };
    const onEnd = (): void => {
      leave();
      resolve(Buffer.concat(pieces));
    };
    const leave = (): void => {
      clearTimeout(tooSlow);
      request.off('data', onData).off('end', onEnd).off('close', brokenOff);
    };
    const fail = (error: unknown): void => {
      leave();
      reject(error as Error);
    };
    // An error comes with a close, and unheard would end the process.
    request.on('data', onData).on('end', onEnd).on('close', brokenOff).on('error', brokenOff);
  });
}
