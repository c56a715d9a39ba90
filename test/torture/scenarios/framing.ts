import { headOf, json, page, toBytes } from '../answer.ts';
import { FOREIGN, insists, LOST, refusedWith, WORKS } from '../outcomes.ts';
import { echo, type Scenario, type Scene } from '../scenario.ts';
import type { Step } from '../server.ts';

const END: Step = { last: 'end' };
const HANG: Step = { last: 'hang' };

/** The sound answer under raw header lines, with no length of its own. */
const raw = ({ sound }: Scene, lines: string, body: string | Buffer = sound.body): Step => ({
  send: toBytes({ ...sound, body }, { length: 'none', raw: lines }),
});
const chunk = (body: string | Buffer) => `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n`;
const CHUNKED = 'transfer-encoding: chunked\r\n';

export const FRAMING_SCENARIOS: readonly Scenario[] = [
  {
    name: 'HTTP/1.0 without a length',
    answer: ({ sound }) => [{ send: toBytes(sound, { version: '1.0', length: 'none' }) }, END],
    outcome: WORKS,
  },
  {
    name: 'a connection closed as the only end of the body',
    answer: (scene) => [raw(scene, 'connection: close\r\n'), END],
    outcome: WORKS,
  },
  {
    name: 'a length that promises more than comes, then the end',
    answer: ({ sound }) => [{ send: toBytes(sound, { length: 100_000 }) }, END],
    outcome: LOST,
  },
  {
    name: 'a length that promises more than comes, then nothing',
    answer: ({ sound }) => [{ send: toBytes(sound, { length: 10 ** 15 }) }, HANG],
    outcome: LOST,
  },
  {
    name: 'a length that cuts the body',
    answer: ({ sound }) => [{ send: toBytes(sound, { length: 12 }) }, END],
    outcome: FOREIGN,
  },
  ...['-5', 'many', '1, 2', '0x20', '99999999999999999999999999'].map((length) => ({
    name: `content-length: ${length}`,
    answer: (scene: Scene) => [raw(scene, `content-length: ${length}\r\nx-echo: ${echo(scene)}\r\n`), END],
    outcome: LOST,
  })),
  {
    name: 'two lengths that differ',
    answer: (scene) => [raw(scene, `content-length: 5\r\ncontent-length: 500\r\nx: ${echo(scene)}\r\n`), END],
    outcome: LOST,
  },
  {
    name: 'chunks, as they should be, with a trailer',
    answer: (s) => [raw(s, CHUNKED, `${chunk(s.sound.body)}0\r\nx-trailer: ${s.apiKey}\r\n\r\n`)],
    outcome: WORKS,
  },
  {
    name: 'a chunk length that is no number, with the credential in it',
    answer: (s) => [raw(s, CHUNKED, `${echo(s)}\r\n${s.sound.body}`), END],
    outcome: LOST,
  },
  {
    name: 'a chunk of more bytes than there are numbers for',
    answer: (s) => [raw(s, CHUNKED, `ffffffffffffffffff\r\n${echo(s)}`), HANG],
    outcome: LOST,
  },
  {
    name: 'a chunk that is longer than it says',
    answer: (s) => [raw(s, CHUNKED, `3\r\n${echo(s)}\r\n0\r\n\r\n`), END],
    outcome: LOST,
  },
  {
    name: 'chunks without an end',
    answer: (s) => [raw(s, CHUNKED, chunk(s.sound.body)), HANG],
    outcome: LOST,
  },
  {
    name: 'chunks that stop, then the end',
    answer: (s) => [raw(s, CHUNKED, chunk(s.sound.body)), END],
    outcome: LOST,
  },
  {
    name: 'a chunk extension that never ends',
    answer: (s) => [raw(s, CHUNKED, `5;${s.apiKey}=`), { flood: 'a'.repeat(8192) }],
    outcome: LOST,
  },
  {
    name: 'a body of 9 MiB',
    answer: ({ sound }) => [{ send: toBytes({ ...sound, body: Buffer.alloc(9 * 1024 * 1024, ' ') }) }],
    outcome: LOST,
  },
  {
    name: 'a body that never ends',
    answer: (s) => [raw(s, CHUNKED, ''), { flood: chunk(' '.repeat(128 * 1024)) }],
    outcome: LOST,
  },
  {
    name: 'a header of 70,000 bytes',
    answer: ({ sound }) => [{ send: toBytes(sound, { raw: `x-long: ${'a'.repeat(70_000)}\r\n` }) }],
    outcome: LOST,
  },
  {
    name: 'ten thousand headers',
    answer: ({ sound }) => [{ send: toBytes(sound, { raw: 'x-many: 1234567\r\n'.repeat(10_000) }) }],
    outcome: LOST,
  },
  {
    name: 'headers that never end',
    answer: () => [{ send: 'HTTP/1.1 200 OK\r\n' }, { flood: 'x-more: of this\r\n'.repeat(4) }],
    outcome: LOST,
  },
  {
    name: 'a header without a colon, with the credential in it',
    answer: (scene) => [{ send: toBytes(scene.sound, { raw: `${scene.apiKey}\r\n` }) }, END],
    outcome: LOST,
  },
  {
    name: 'a NUL in a header beside the credential',
    answer: (scene) => [{ send: toBytes(scene.sound, { raw: `x-nul: \0 ${scene.apiKey}\r\n` }) }, END],
    outcome: LOST,
  },
  {
    name: 'headers named to be dangerous, and others twice',
    answer: ({ sound }) => [
      {
        send: toBytes(sound, {
          raw: '__proto__: x\r\nconstructor: y\r\ndate: then\r\ndate: now\r\nx-ratelimit-limit: 5\r\nx-ratelimit-limit: 9\r\n',
        }),
      },
    ],
    outcome: WORKS,
  },
  {
    name: 'bytes beyond ASCII in a header',
    answer: ({ sound }) => [{ send: toBytes(sound, { raw: 'x-name: caf\xe9\r\n' }) }],
    outcome: WORKS,
  },
  {
    name: 'a body without a head, as of HTTP/0.9',
    answer: (scene) => [{ send: echo(scene) }, END],
    outcome: LOST,
  },
  { name: 'another protocol', answer: (s) => [{ send: `SSH-2.0-${s.apiKey}\r\n` }, END], outcome: LOST },
  { name: 'HTTP/9.9', answer: (s) => [{ send: `HTTP/9.9 200 ${s.apiKey}\r\n\r\n` }, END], outcome: LOST },
  { name: 'a status of two digits', answer: (s) => [{ send: `HTTP/1.1 20 ${s.apiKey}\r\n\r\n` }, END], outcome: LOST },
  {
    name: 'a status beyond all classes',
    answer: (scene) => [{ send: toBytes(page(799, echo(scene))) }],
    outcome: insists('BAD_RESPONSE'),
  },
  {
    name: 'a flood of 103 Early Hints',
    answer: (s) => [{ flood: `HTTP/1.1 103 Early Hints\r\nlink: <${s.apiKey}>\r\n\r\n`.repeat(4) }],
    outcome: LOST,
  },
  {
    name: 'a few 103 Early Hints before the answer',
    answer: ({ sound }) => [
      { send: 'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n'.repeat(3) },
      { send: toBytes(sound) },
    ],
    outcome: WORKS,
  },
  {
    name: 'a flood of 100 Continue',
    answer: () => [{ flood: 'HTTP/1.1 100 Continue\r\n\r\n' }],
    outcome: LOST,
  },
  {
    name: 'an upgrade that nobody asked for',
    answer: (s) => [
      { send: `HTTP/1.1 101 Switching Protocols\r\nupgrade: ${s.apiKey}\r\nconnection: upgrade\r\n\r\n` },
      HANG,
    ],
    outcome: LOST,
  },
  { name: 'a 204', answer: () => [{ send: 'HTTP/1.1 204 No Content\r\n\r\n' }], outcome: FOREIGN },
  {
    name: 'a 205',
    answer: () => [{ send: 'HTTP/1.1 205 Reset Content\r\ncontent-length: 0\r\n\r\n' }],
    outcome: FOREIGN,
  },
  {
    name: 'a 304 although nothing was cached',
    answer: () => [{ send: 'HTTP/1.1 304 Not Modified\r\netag: "x"\r\n\r\n' }],
    outcome: refusedWith('BAD_RESPONSE'),
  },
  ...[301, 302, 303, 307, 308].map((status) => ({
    name: `a ${status} to another origin`,
    answer: (scene: Scene) => [
      { send: toBytes({ status, headers: { location: `${scene.otherOrigin}/take` }, body: '' }) },
    ],
    outcome: refusedWith('BAD_RESPONSE'),
  })),
  {
    name: 'a redirect to itself',
    answer: ({ url }) => [{ send: toBytes({ status: 307, headers: { location: url }, body: '' }) }],
    outcome: refusedWith('BAD_RESPONSE'),
  },
  {
    name: 'a refresh header and an alternative service at another origin',
    answer: ({ sound, otherOrigin }) => [
      {
        send: toBytes(sound, {
          raw: `refresh: 0; url=${otherOrigin}\r\nalt-svc: h2="${otherOrigin.slice(7)}"; ma=60\r\n`,
        }),
      },
    ],
    outcome: WORKS,
  },
  {
    name: 'a second answer that nobody asked for',
    answer: ({ sound }) => [
      { send: Buffer.concat([toBytes(sound), toBytes(json(500, { error: { code: 'INTERNAL_ERROR' } }))]) },
    ],
    outcome: WORKS,
  },
  {
    name: 'the head drip by drip, past the deadline',
    answer: ({ sound }) => [{ drip: headOf(sound), everyMs: 40 }],
    outcome: LOST,
  },
  {
    name: 'the body drip by drip, past the deadline',
    answer: ({ sound }) => [{ send: headOf(sound) }, { drip: sound.body, everyMs: 40 }],
    outcome: LOST,
  },
  {
    name: 'the last bytes drip by drip, inside the deadline',
    answer: ({ sound }) => {
      const bytes = toBytes(sound);
      return [{ send: bytes.subarray(0, -20) }, { drip: bytes.subarray(-20), everyMs: 2 }];
    },
    outcome: WORKS,
  },
  { name: 'silence', answer: () => [HANG], outcome: LOST },
  { name: 'the end instead of an answer', answer: () => [END], outcome: LOST },
  { name: 'a reset instead of an answer', answer: () => [{ last: 'reset' }], outcome: LOST },
  {
    name: 'a reset inside the head',
    answer: (s) => [{ send: `HTTP/1.1 200 OK\r\nx-echo: ${s.apiKey}` }, { pauseMs: 20 }, { last: 'reset' }],
    outcome: LOST,
  },
  {
    name: 'a reset inside the body',
    answer: ({ sound }) => [{ send: toBytes(sound).subarray(0, -10) }, { pauseMs: 20 }, { last: 'reset' }],
    outcome: LOST,
  },
  {
    name: 'a reset inside the body of an error',
    answer: (s) => [
      { send: toBytes(json(500, { error: { message: echo(s) } })).subarray(0, -10) },
      { pauseMs: 20 },
      { last: 'reset' },
    ],
    outcome: LOST,
  },
  {
    name: 'a reset right after the answer',
    answer: ({ sound }) => [{ send: toBytes(sound) }, { pauseMs: 60 }, { last: 'reset' }],
    outcome: WORKS,
  },
  {
    name: 'half an answer, then half a connection',
    answer: ({ sound }) => [{ send: headOf(sound) }, END],
    outcome: LOST,
  },
];
