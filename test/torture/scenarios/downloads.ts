import { brotliCompressSync, gzipSync } from 'node:zlib';
import { type Answer, type Framing, json, page, toBytes } from '../answer.ts';
import { FILM, type FileScenario, type FileScene } from '../file-stage.ts';
import { disguises } from '../scenario.ts';
import type { Step } from '../server.ts';

const LOGIN = '<!doctype html>\n<html><title>Sign in</title><form action="/login"></form></html>';

const film = (headers: Readonly<Record<string, string>> = {}, body: Buffer | string = FILM): Answer => ({
  status: 200,
  headers: { 'content-type': 'video/mp4', etag: '"v1"', ...headers },
  body,
});
const send = (answer: Answer, framing?: Framing): Step[] => [{ send: toBytes(answer, framing) }];
const END: Step = { last: 'end' };

/** What a host that knows ranges does with a request, after it broke off at so many bytes. */
function rest({ request }: FileScene): Step[] {
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  if (start === 0) return send(film());
  const headers = { etag: '"v1"', 'content-range': `bytes ${start}-${FILM.length - 1}/${FILM.length}` };
  return send({ status: 206, headers, body: FILM.subarray(start) });
}

/** The first answer as given, what is missing afterwards. */
const first = (steps: readonly Step[]) => (scene: FileScene, index: number) => (index === 0 ? steps : rest(scene));

const redirect = (location: string): Step[] => send({ status: 302, headers: { location }, body: '' });
const hex = (size: number) => size.toString(16);

const SOUND: readonly FileScenario[] = [
  { name: 'the film', answer: () => send(film()) },
  { name: 'the film without a type', answer: () => send({ status: 200, headers: {}, body: FILM }) },
  { name: 'the film as binary/octet-stream', answer: () => send(film({ 'content-type': 'binary/octet-stream' })) },
  { name: 'the film until the connection ends', answer: () => [...send(film(), { length: 'none' }), END] },
  {
    name: 'the film in chunks',
    answer: () => [
      { send: toBytes({ ...film({ 'transfer-encoding': 'chunked' }), body: '' }, { length: 'none' }) },
      { send: Buffer.concat([Buffer.from(`${hex(FILM.length)}\r\n`), FILM, Buffer.from('\r\n0\r\n\r\n')]) },
    ],
  },
  {
    name: 'the film, broken off by a reset in the middle',
    answer: first([{ send: toBytes(film()).subarray(0, 1_500) }, { last: 'reset' }]),
    requests: 2,
  },
  {
    name: 'the film, its connection ended in the middle',
    answer: first([{ send: toBytes(film(), { length: 'none' }).subarray(0, 1_500) }, END]),
    requests: 2,
  },
  {
    name: 'the film, after a stop in the middle',
    answer: first([{ send: toBytes(film()).subarray(0, 1_500) }, { last: 'hang' }]),
    requests: 2,
  },
  {
    name: 'half of the film in a range that nobody asked for',
    answer: first(
      send({
        status: 206,
        headers: { etag: '"v1"', 'content-range': `bytes 0-999/${FILM.length}` },
        body: FILM.subarray(0, 1_000),
      }),
    ),
    requests: 2,
  },
  { name: 'the film from the host of the API', answer: () => send(film()), isAtHome: true },
];

const FOREIGN: readonly FileScenario[] = [
  { name: 'a login page', answer: () => send(page(200, LOGIN)), code: 'BAD_RESPONSE' },
  { name: 'a login page as a video', answer: () => send(film({}, LOGIN.padEnd(FILM.length))), code: 'BAD_RESPONSE' },
  {
    name: 'a login page of the right length',
    answer: () => send(page(200, LOGIN.padEnd(FILM.length))),
    code: 'BAD_RESPONSE',
  },
  {
    name: 'a login page without a type',
    answer: () => send(film({ 'content-type': '' }, LOGIN)),
    code: 'BAD_RESPONSE',
  },
  {
    name: 'an error of the API as JSON that repeats the key',
    answer: ({ apiKey }) =>
      send(json(200, { error: { code: 'GONE', message: disguises(apiKey).join(' '), requestId: apiKey } })),
    code: 'OUTPUT_EXPIRED',
    requests: 2,
  },
  { name: 'JSON that is no error', answer: () => send(json(200, { url: 'elsewhere' })), code: 'BAD_RESPONSE' },
  {
    name: 'a job as JSON',
    answer: () => send(json(200, { data: { id: 'job_1', status: 'complete' } })),
    code: 'BAD_RESPONSE',
  },
  { name: 'XML', answer: () => send(film({ 'content-type': 'application/xml' }, '<Error/>')), code: 'BAD_RESPONSE' },
  {
    name: 'the film in gzip',
    answer: () => send(film({ 'content-encoding': 'gzip' }, gzipSync(FILM))),
    code: 'BAD_RESPONSE',
  },
  {
    name: 'a bomb in brotli',
    answer: () => send(film({ 'content-encoding': 'br' }, brotliCompressSync(Buffer.alloc(16 * 1024 * 1024)))),
    code: 'BAD_RESPONSE',
  },
  { name: 'nothing', answer: () => send(film({}, '')), code: 'BAD_RESPONSE' },
  {
    name: 'a success without content',
    answer: () => send({ status: 204, headers: {}, body: '' }),
    code: 'BAD_RESPONSE',
  },
  { name: 'a shorter film', answer: () => send(film({}, FILM.subarray(1))), code: 'BAD_RESPONSE' },
  { name: 'a longer film', answer: () => send(film({}, Buffer.concat([FILM, FILM]))), code: 'BAD_RESPONSE' },
  {
    name: 'a film without an end',
    answer: () => [...send(film(), { length: 'none' }), { flood: FILM }],
    code: 'BAD_RESPONSE',
  },
  {
    name: 'the same half again and again',
    answer: () => [...send(film({}, FILM.subarray(0, 2_000)), { length: 'none' }), END],
    code: 'NETWORK',
    requests: 4,
  },
  {
    name: 'a film that turns into a page',
    answer: (_scene, index) =>
      index === 0 ? [{ send: toBytes(film()).subarray(0, 1_500) }, { last: 'reset' }] : send(page(200, LOGIN)),
    code: 'BAD_RESPONSE',
    requests: 2,
  },
  {
    name: 'a film that turns into another',
    answer: (_scene, index) =>
      index === 0
        ? [{ send: toBytes(film()).subarray(0, 1_500) }, { last: 'reset' }]
        : send(film({ etag: '"v2"' }, Buffer.alloc(FILM.length))),
    code: 'NETWORK',
    requests: 2,
  },
  {
    name: 'a reset each time, with the key in the words before it',
    answer: ({ apiKey }) => [{ send: `HTTP/1.1 200 ${apiKey}\r\n` }, { last: 'reset' }],
    code: 'NETWORK',
    requests: 4,
  },
  { name: 'bytes that are no HTTP', answer: () => [{ send: FILM }, END], code: 'NETWORK', requests: 4 },
  {
    name: 'chunks with a broken size',
    answer: () => [
      { send: toBytes({ ...film({ 'transfer-encoding': 'chunked' }), body: 'zz\r\nfilm' }, { length: 'none' }) },
      END,
    ],
    code: 'NETWORK',
    requests: 4,
  },
  {
    name: 'a refusal with the key in it',
    answer: ({ apiKey }) => send(page(403, disguises(apiKey).join('\n'))),
    code: 'FORBIDDEN',
    requests: 2,
  },
];

/** Where a redirect could hide the key, by one of its disguises. */
const HIDING_PLACES: Readonly<Record<string, (origin: string, secret: string) => string>> = {
  'the query': (origin, secret) => `${origin}/run-0/o.mp4?k=${secret}`,
  'the path': (origin, secret) => `${origin}/run-0/${secret}/o.mp4`,
  'the fragment': (origin, secret) => `${origin}/run-0/o.mp4#${secret}`,
  'the user name': (origin, secret) => `${origin.replace('//', `//${secret}@`)}/run-0/o.mp4`,
};

const LED_ASTRAY: readonly FileScenario[] = Object.entries(HIDING_PLACES).flatMap(([place, write]) =>
  [true, false].map((isAtHome) => ({
    name: `a redirect with the key in ${place}, ${isAtHome ? 'from home' : 'from a file host'}`,
    // Which of the disguises does not matter to anybody but the reader of a failure.
    answer: ({ apiKey, otherOrigin }: FileScene) => {
      const ways = disguises(apiKey)
        .filter((way) => /^[\w%=+/-]+$/.test(way))
        .map(encodeOnce);
      return redirect(write(otherOrigin, ways.join('.')));
    },
    code: 'BAD_RESPONSE',
    isAtHome,
  })),
);

/** Base64 may hold a slash. */
function encodeOnce(text: string): string {
  return text.includes('%') ? text : encodeURIComponent(text);
}

export const DOWNLOAD_SCENARIOS: readonly FileScenario[] = [
  ...SOUND,
  ...FOREIGN,
  ...LED_ASTRAY,
  {
    name: 'redirects without an end',
    answer: () => redirect('again.mp4'),
    code: 'BAD_RESPONSE',
    requests: 6,
    isAtHome: true,
  },
];
