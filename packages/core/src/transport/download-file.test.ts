import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TransportError } from '../ports/http-transport.ts';
import type { DownloadAnswer, DownloadRequest, Transfer } from '../ports/transfer.ts';
import { rendobar } from '../providers/rendobar/index.ts';
import { collect } from '../testing/rendobar-stage.ts';
import { rejection } from '../testing/scripted-client.ts';
import { createVirtualClock } from '../testing/virtual-clock.ts';
import { downloadFile } from './download-file.ts';
import type { ExpectedFile } from './file-answer.ts';

const FILM = Uint8Array.from({ length: 3_000 }, (_, index) => (index * 31) % 251);
FILM.set([0, 0, 0, 24, 0x66, 0x74, 0x79, 0x70]);
const VIDEO: ExpectedFile = { name: 'out.mp4', type: 'video', sizeBytes: FILM.length };
const KEY = 'A/key+with=signs.0123456789';
const HOME = 'https://api.example/v1';

interface Told {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  /** Bytes after which the connection breaks. */
  readonly cut?: number;
  /** Bytes in one piece. */
  readonly piece?: number;
}

/** Downloads over a host that gives these answers in turn, the last one for ever. */
function fetchFile(
  answers: readonly Told[],
  expected: ExpectedFile = VIDEO,
  url = 'https://cdn.example/f/out.mp4?sig=s',
) {
  const clock = createVirtualClock();
  const requests: DownloadRequest[] = [];
  let renewals = 0;
  let unread = 0;
  const transfer: Transfer = {
    upload: () => Promise.reject(new Error('nothing is uploaded here')),
    async download(request) {
      const told = answers[Math.min(requests.length, answers.length - 1)] ?? {};
      requests.push(request);
      unread += 1;
      return answerOf(told, () => {
        unread -= 1;
      });
    },
  };
  const download = downloadFile({
    transfer,
    clock,
    random: () => 0.5,
    provider: rendobar,
    authorize: (to): Record<string, string> =>
      URL.canParse(to) && new URL(to).origin === new URL(HOME).origin ? { authorization: `Bearer ${KEY}` } : {},
    home: HOME,
    url,
    expected,
    renew: async () => {
      renewals += 1;
      return `https://cdn.example/f/out.mp4?sig=fresh${renewals}`;
    },
    idleTimeoutMs: 1_000,
  });
  const bytes = clock.run(download.then(async ({ body }) => Buffer.concat(await collect(body))));
  return { bytes, requests, open: () => unread, renewals: () => renewals };
}

function answerOf(
  { status = 200, headers = {}, body = FILM, cut, piece = 1_000 }: Told,
  close: () => void,
): DownloadAnswer {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  let isClosed = false;
  const done = () => {
    if (!isClosed) close();
    isClosed = true;
  };
  async function* pieces() {
    try {
      for (let at = 0; at < Math.min(bytes.length, cut ?? bytes.length); at += piece) {
        yield bytes.subarray(at, Math.min(at + piece, cut ?? bytes.length));
      }
      if (cut !== undefined) throw new TransportError({ kind: 'reset', sent: 'maybe-sent', message: 'ECONNRESET' });
    } finally {
      done();
    }
  }
  return { status, headers, body: pieces(), discard: done };
}

const typed = (type: string, more: Readonly<Record<string, string>> = {}) => ({ 'content-type': type, ...more });
const PAGE = '<!DOCTYPE html><html><body>Please sign in</body></html>';

describe('a file that is what the job told of', () => {
  it.each<[string, Told, ExpectedFile]>([
    ['its own type', { headers: typed('video/mp4', { 'content-length': '3000' }) }, VIDEO],
    ['no type', {}, VIDEO],
    ['a general type', { headers: typed('application/octet-stream') }, VIDEO],
    ['the general type of S3', { headers: typed('binary/octet-stream') }, VIDEO],
    ['the type of what no server knows', { headers: typed('text/plain; charset=utf-8') }, VIDEO],
    ['another video type', { headers: typed('video/x-m4v') }, { name: 'out.mp4' }],
    ['no encoding, told', { headers: { 'content-encoding': 'identity' } }, VIDEO],
    ['the upload framing of S3, told', { headers: { 'content-encoding': 'aws-chunked' } }, VIDEO],
    ['nothing known of it', {}, {}],
    ['a length that is no number', { headers: { 'content-length': '3e3' } }, { name: 'out.mp4' }],
    ['JSON that it should be', { headers: typed('application/json'), body: '{"a":1}' }, { name: 'probe.json' }],
    ['data', { headers: typed('application/json'), body: '[{}]' }, { type: 'data' }],
    ['a page that it should be', { headers: typed('text/html'), body: PAGE }, { name: 'report.html', type: 'other' }],
    ['captions', { headers: typed('text/plain'), body: '<b>1' }, { name: 'out.srt', type: 'captions' }],
    ['a drawing', { headers: typed('image/svg+xml'), body: '<?xml version="1.0"?>' }, { name: 'a.svg', type: 'image' }],
    ['nothing in it', { body: '' }, { name: 'out.srt', type: 'captions' }],
  ])('is given, with %s', async (_what, told, expected) => {
    const { bytes, open } = fetchFile([told], expected);
    const body = told.body ?? FILM;
    expect(Buffer.from(await bytes).equals(Buffer.from(body as string))).toBe(true);
    expect(open()).toBe(0);
  });

  it('is given whole where the host answers in parts that nobody asked for', async () => {
    const range = (from: number, to: number) => ({
      status: 206,
      body: FILM.subarray(from, to + 1),
      headers: { 'content-range': `bytes ${from}-${to}/3000`, 'content-length': String(to - from + 1) },
    });
    const { bytes, requests } = fetchFile([range(0, 999), range(1_000, 2_999)]);
    expect((await bytes).length).toBe(3_000);
    expect(requests.map(({ headers }) => headers.range)).toEqual([undefined, 'bytes=1000-']);
  });

  it('is put together from any breaks, byte for byte', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 1_500 }), { maxLength: 4 }),
        fc.integer({ min: 1, max: 999 }),
        fc.boolean(),
        async (cuts, piece, hasRanges) => {
          const answers: Told[] = [];
          let offset = 0;
          for (const cut of [...cuts, FILM.length]) {
            const start = hasRanges ? offset : 0;
            const rest = FILM.subarray(start);
            const end = Math.min(FILM.length, offset + cut);
            const isLast = end === FILM.length;
            answers.push({
              piece,
              body: rest,
              ...(start > 0 && { status: 206, headers: { 'content-range': `bytes ${start}-2999/3000` } }),
              ...(!isLast && { cut: end - start }),
            });
            offset = end;
            if (isLast) break;
          }
          const { bytes } = fetchFile(answers);
          expect(Buffer.compare(await bytes, FILM)).toBe(0);
        },
      ),
    );
  });
});

describe('an answer that is not the file', () => {
  it.each<[string, Told, ExpectedFile, string]>([
    ['a login page', { headers: typed('text/html; charset=utf-8'), body: PAGE }, VIDEO, 'web page'],
    ['a page, whatever its bytes', { headers: typed('Text/HTML') }, VIDEO, 'web page'],
    ['a page where nothing is known', { headers: typed('text/html'), body: PAGE }, {}, 'web page'],
    ['a page that calls itself a video', { headers: typed('video/mp4'), body: PAGE }, { name: 'o.mp4' }, 'text'],
    ['a page without a type', { body: `\ufeff  ${PAGE}`, piece: 1 }, { type: 'video' }, 'text'],
    ['an XML error', { headers: typed('application/xml'), body: '<Error/>' }, { type: 'image' }, 'XML'],
    ['JSON without a type', { body: '{"message":"expired"}' }, { name: 'o.webm' }, 'text'],
    ['JSON', { headers: typed('application/problem+json'), body: '{"title":"gone"}' }, { name: 'o.mp4' }, 'JSON'],
    ['bytes in gzip', { headers: typed('video/mp4', { 'content-encoding': 'gzip' }) }, VIDEO, 'compressed'],
    ['bytes in br', { headers: typed('text/vtt', { 'content-encoding': 'br' }) }, { type: 'captions' }, 'compressed'],
    ['a longer file, told', { headers: { 'content-length': '3001' } }, VIDEO, 'another size'],
    ['a shorter file, told', { headers: { 'content-length': '2999' } }, VIDEO, 'another size'],
    ['a longer file, not told', { body: Buffer.concat([FILM, FILM]) }, VIDEO, 'more than the 3000 bytes'],
    ['more than its own length', { headers: { 'content-length': '10' } }, { name: 'o.mp4' }, 'more than the 10 bytes'],
    ['nothing', { body: '' }, { name: 'out.mp4' }, 'empty'],
    ['nothing, told', { body: '', headers: { 'content-length': '0' } }, {}, 'empty'],
    ['the middle of a file', { status: 206, headers: { 'content-range': 'bytes 5-9/3000' } }, VIDEO, 'part'],
    ['several parts of a file', { status: 206, headers: typed('multipart/byteranges; boundary=x') }, VIDEO, 'part'],
    ['a success without content', { status: 204, body: '' }, VIDEO, 'HTTP 204'],
  ])('is refused: %s', async (_what, told, expected, words) => {
    const { bytes, requests, open, renewals } = fetchFile([told], expected);
    const error = await rejection(bytes);
    expect(error.record).toMatchObject({ code: 'BAD_RESPONSE', provider: 'rendobar', retryable: false });
    expect(error.message).toContain(words);
    expect([requests.length, open(), renewals()]).toEqual([1, 0, 0]);
  });

  it.each([
    ['GONE', 'OUTPUT_EXPIRED', 1],
    ['UNAUTHORIZED', 'UNAUTHENTICATED', 1],
    ['INTERNAL_ERROR', 'PROVIDER_ERROR', 0],
    ['KRAKEN', 'BAD_RESPONSE', 0],
  ])('tells its own reason where it is an error of the API: %s is %s', async (code, expected, renewals) => {
    const body = JSON.stringify({ error: { code, message: `because of ${KEY}` } });
    const fetched = fetchFile([{ headers: typed('application/json'), body }]);
    const error = await rejection(fetched.bytes);
    expect(error.record).toMatchObject({ code: expected, providerCode: code });
    expect(fetched.renewals()).toBe(renewals);
  });

  it('is followed by a fresh link where the old one has expired, even under a 200', async () => {
    const gone = { headers: typed('application/json'), body: '{"error":{"code":"GONE","message":"expired"}}' };
    const { bytes, requests } = fetchFile([gone, {}]);
    expect((await bytes).length).toBe(FILM.length);
    expect(requests[1]?.url).toContain('sig=fresh1');
  });

  it('reads no endless reason', async () => {
    const { bytes, open } = fetchFile([{ headers: typed('application/json'), body: '['.repeat(200_000) }]);
    expect((await rejection(bytes)).code).toBe('BAD_RESPONSE');
    expect(open()).toBe(0);
  });

  it('is told from a file that ends too early, which is asked for again', async () => {
    const { bytes, requests } = fetchFile([
      { body: FILM.subarray(0, 1_000) },
      { status: 206, body: FILM.subarray(1_000), headers: { 'content-range': 'bytes 1000-2999/3000' } },
    ]);
    expect((await bytes).length).toBe(3_000);
    expect(requests).toHaveLength(2);
    const short = fetchFile([{ body: FILM.subarray(0, 1_000) }, { status: 416, body: '' }]);
    expect((await rejection(short.bytes)).record).toMatchObject({ code: 'BAD_RESPONSE', httpStatus: 416 });
  });

  it.each([
    ['a page', { headers: typed('text/html'), body: PAGE }, 'BAD_RESPONSE'],
    ['a file of another date', { headers: { 'last-modified': 'Tue, 03 Nov 2026 00:00:00 GMT' } }, 'NETWORK'],
    ['a file of another size', { headers: { 'content-length': '2000' } }, 'BAD_RESPONSE'],
  ])('is not appended when a download goes on: %s', async (_what, again, code) => {
    const first = {
      cut: 1_000,
      headers: { 'last-modified': 'Mon, 02 Nov 2026 00:00:00 GMT', 'content-length': '3000' },
    };
    expect((await rejection(fetchFile([first, again]).bytes)).code).toBe(code);
  });
});

describe('a link', () => {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const WAYS: readonly ((key: string) => string)[] = [
    (key) => `https://evil.example/o.mp4?key=${encodeURIComponent(key)}`,
    (key) => `https://evil.example/${encodeURIComponent(key)}/o.mp4`,
    (key) => `https://evil.example/o.mp4#${key}`,
    (key) => `https://${encodeURIComponent(key)}@evil.example/o.mp4`,
    (key) => `https://user:${encodeURIComponent(key)}@evil.example/o.mp4`,
    (key) => `https://evil.example/o.mp4?a=${base64(`Bearer ${key}`)}`,
    (key) => `https://evil.example/o.mp4?a=${encodeURIComponent(base64(`${key}:`))}`,
    (key) => `https://evil.example/o.mp4?a=${Buffer.from(key).toString('hex')}`,
    (key) => `https://evil.example/o.mp4?a=${encodeURIComponent(encodeURIComponent(key))}`,
    (key) => `https://${key.replaceAll(/[^a-z0-9]/gi, '-')}.evil.example/o.mp4`,
    (key) => `//evil.example/o.mp4?key=${encodeURIComponent(key)}`,
    (key) => `https://api.example:444/o.mp4?key=${encodeURIComponent(key)}`,
    (key) => `https://api.example.evil.example/o.mp4?key=${encodeURIComponent(key)}`,
  ];

  it.each(WAYS.map((way) => [way(KEY), way]))('is not followed where it takes the key along: %s', async (link) => {
    const redirect = { status: 302, headers: { location: link }, body: '' };
    const own = fetchFile([redirect, {}], VIDEO, `${HOME}/files/out.mp4`);
    const error = await rejection(own.bytes);
    expect(error.record).toMatchObject({ code: 'BAD_RESPONSE', retryable: false });
    expect(error.message).toContain('API key');
    expect(JSON.stringify(error)).not.toMatch(/evil/);
    expect(own.requests).toHaveLength(1);
    expect(own.requests[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
    if (link.startsWith('//')) return;
    const direct = fetchFile([{}], VIDEO, link);
    expect((await rejection(direct.bytes)).message).toContain('API key');
    expect(direct.requests).toHaveLength(0);
  });

  it('is followed elsewhere without the key, and at home with it', async () => {
    const to = (location: string) => ({ status: 307, headers: { location }, body: '' });
    const { bytes, requests } = fetchFile(
      [to(`/again?key=${encodeURIComponent(KEY)}`), to('https://cdn.example/o.mp4?token=t'), {}],
      VIDEO,
      `${HOME}/files/out.mp4`,
    );
    await bytes;
    expect(requests.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${KEY}`, `Bearer ${KEY}`, undefined]);
  });

  it.each(['file:///etc/passwd', 'javascript:alert(1)', 'nothing', 'data:video/mp4;base64,AAAA'])(
    'that is no http(s) URL is not asked for: %s',
    async (link) => {
      const { bytes, requests } = fetchFile([{}], VIDEO, link);
      expect((await rejection(bytes)).record).toMatchObject({ code: 'BAD_RESPONSE' });
      expect(requests).toHaveLength(0);
    },
  );
});
