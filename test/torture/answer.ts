/** An HTTP answer before it is bytes. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

export interface Framing {
  readonly version?: '1.0' | '1.1';
  /** `length` tells the true length, `none` tells nothing, a number lies. */
  readonly length?: 'length' | 'none' | number;
  /** Header lines as they stand, behind the others. */
  readonly raw?: string;
}

/** The bytes of an answer. Its length is told correctly unless the framing says otherwise. */
export function toBytes(answer: Answer, { version = '1.1', length = 'length', raw = '' }: Framing = {}): Buffer {
  const body = Buffer.from(answer.body as string);
  const told = length === 'length' ? body.length : length;
  const lines = [
    `HTTP/${version} ${answer.status} Whatever`,
    ...Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}`),
    ...(told === 'none' ? [] : [`content-length: ${told}`]),
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n${raw}\r\n`, 'latin1'), body]);
}

/** The head of an answer alone, with the length of its body told. */
export function headOf(answer: Answer, framing?: Framing): Buffer {
  const bytes = toBytes(answer, framing);
  return bytes.subarray(0, bytes.indexOf('\r\n\r\n') + 4);
}

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

export function page(status: number, html: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { 'content-type': 'text/html; charset=utf-8', ...headers }, body: html };
}
