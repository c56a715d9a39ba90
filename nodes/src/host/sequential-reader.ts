/** A stream of bytes that may be left before its end. */
interface Readable extends AsyncIterable<Uint8Array> {
  destroy(): unknown;
}

interface Open {
  readonly stream: Readable;
  readonly chunks: AsyncIterator<Uint8Array>;
  /** Where the next byte of `rest` stands in the file. */
  at: number;
  rest: Uint8Array;
}

/** Ranges of one file. */
export interface SequentialReader {
  /** The bytes from `start` up to, but not including, `end`. */
  read(start: number, end: number): AsyncIterable<Uint8Array>;
  /** Gives back the stream that was kept for the next range. */
  close(): void;
}

const NOTHING = new Uint8Array();

/**
 * Reads ranges of a file that can only be read from its start: n8n's store gives no others. A range that begins where the
 * last one ended goes on in the same stream, so that a file whose parts are sent in order is read once; any other range
 * is reached by reading past what lies before it.
 */
export function sequentialReader(open: () => Promise<Readable>): SequentialReader {
  /** The stream that nobody reads just now. */
  let idle: Open | undefined;

  async function reach(start: number): Promise<Open> {
    const found = idle !== undefined && idle.at === start ? idle : undefined;
    if (found === undefined) idle?.stream.destroy();
    idle = undefined;
    if (found !== undefined) return found;
    const stream = await open();
    const file: Open = { stream, chunks: stream[Symbol.asyncIterator](), at: 0, rest: NOTHING };
    while (file.at < start) {
      const { length } = await take(file, start - file.at);
      if (length === 0) break;
    }
    return file;
  }

  async function* read(start: number, end: number): AsyncGenerator<Uint8Array> {
    if (end <= start) return;
    const file = await reach(start);
    let isWhole = false;
    try {
      while (file.at < end) {
        const bytes = await take(file, end - file.at);
        if (bytes.length === 0) throw new Error(`The file ended after ${file.at} bytes.`);
        yield bytes;
      }
      isWhole = true;
    } finally {
      if (isWhole && idle === undefined) idle = file;
      else file.stream.destroy();
    }
  }

  return {
    read,
    close() {
      idle?.stream.destroy();
      idle = undefined;
    },
  };
}

/** At most `most` bytes of what comes next; none at the end of the file. */
async function take(file: Open, most: number): Promise<Uint8Array> {
  while (file.rest.length === 0) {
    const { done, value } = await file.chunks.next();
    if (done === true) return NOTHING;
    file.rest = value;
  }
  const bytes = file.rest.subarray(0, most);
  file.rest = file.rest.subarray(bytes.length);
  file.at += bytes.length;
  return bytes;
}
