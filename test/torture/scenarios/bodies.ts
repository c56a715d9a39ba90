import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { type Answer, json, page, toBytes } from '../answer.ts';
import { but, FOREIGN, fails, GATEWAY, refusedWith, result, WORKS } from '../outcomes.ts';
import { echo, type Scenario, type Scene } from '../scenario.ts';
import { JOB_ID } from '../vendor.ts';

const BOMB = Buffer.alloc(32 * 1024 * 1024);
const GZIP_BOMB = gzipSync(BOMB);
const BROTLI_BOMB = brotliCompressSync(BOMB.subarray(0, 4 * 1024 * 1024));
const DEFLATE_BOMB = deflateSync(BOMB);

/** The sound answer with another body, its length told correctly. */
const withBody = (scene: Scene, body: string | Buffer): Answer => ({ ...scene.sound, body });
const text = (scene: Scene) => scene.sound.body.toString();
const send = (answer: Answer) => [{ send: toBytes(answer) }];

/** The sound body with every object in it changed by `edit`. */
function edited(scene: Scene, edit: (object: Record<string, unknown>) => Record<string, unknown>): Answer {
  const body = JSON.parse(text(scene), (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) ? edit({ ...value }) : value,
  );
  return withBody(scene, JSON.stringify(body));
}

/** The job of an answer wherever the vendor puts it; lists hold it once. */
const withJob = (scene: Scene, job: Record<string, unknown>) =>
  json(200, scene.operation === 'list' ? { data: [job], jobs: [job] } : { data: job, ...job });

const nested = (depth: number, open: string, close: string, core = '1') =>
  `${open.repeat(depth)}${core}${close.repeat(depth)}`;

/** What is a job is no schema. */
const NO_SCHEMA = fails('BAD_RESPONSE', 4);
const IS_RUNNING = but(WORKS, { wait: { code: 'WAIT_TIMEOUT', requests: [1, 4] }, fetchSchema: NO_SCHEMA });
/** A list of nothing is a list. */
const FOREIGN_BUT_A_LIST = but(FOREIGN, { list: result() });

export const BODY_SCENARIOS: readonly Scenario[] = [
  { name: 'the documented answer', answer: ({ sound }) => send(sound), outcome: WORKS },
  {
    name: 'an HTML 502 of a proxy that repeats the headers it was sent',
    answer: (scene) => send(page(502, `<html><body>Bad gateway<pre>${echo(scene)}</pre></body></html>`)),
    outcome: GATEWAY,
  },
  { name: 'an empty 503', answer: () => send(page(503, '')), outcome: GATEWAY },
  { name: 'a 520 of a CDN', answer: (scene) => send(page(520, echo(scene))), outcome: GATEWAY },
  { name: 'a 408 of a proxy', answer: (scene) => send(page(408, echo(scene))), outcome: GATEWAY },
  {
    name: 'a torn error envelope under a 500',
    answer: (scene) => send({ ...json(500, {}), body: `{"error":{"code":"INTERNAL_ERR${echo(scene)}` }),
    outcome: GATEWAY,
  },
  {
    name: 'an unknown code under a 500',
    answer: (scene) =>
      send(json(500, { error: { code: 'KRAKEN', message: echo(scene), details: { path: echo(scene) } } })),
    outcome: GATEWAY,
  },
  {
    name: "the vendor's own INTERNAL_ERROR",
    answer: (scene) => send(json(500, { error: { code: 'INTERNAL_ERROR', message: echo(scene) } })),
    // Told by the vendor itself it may be a fault of this very request: whoever waits hears of it sooner.
    outcome: but(GATEWAY, {
      submit: (provider) => fails('PROVIDER_ERROR', provider === 'rendobar' ? 4 : 1),
    }),
  },
  {
    name: 'an unknown code under an unknown status',
    answer: (scene) => send(json(418, { error: { code: 'TEAPOT', message: echo(scene) } })),
    outcome: refusedWith('BAD_RESPONSE'),
  },
  {
    name: 'a 401 that is a login page',
    answer: (scene) => send(page(401, echo(scene))),
    outcome: refusedWith('UNAUTHENTICATED'),
  },
  {
    name: 'a 404 that is a page, as of a wrong base URL',
    answer: (scene) => send(page(404, echo(scene))),
    outcome: but(refusedWith('NOT_FOUND'), { fetchSchema: result() }),
  },
  {
    name: 'a secret in every field of an error envelope',
    answer: (scene) =>
      send(
        json(
          422,
          {
            error: {
              code: scene.apiKey,
              message: echo(scene),
              path: ['inputs', echo(scene)],
              details: [{ path: scene.apiKey, message: echo(scene) }],
              requestId: scene.apiKey,
              jobId: scene.apiKey,
            },
          },
          { 'x-request-id': scene.apiKey },
        ),
      ),
    outcome: refusedWith('INVALID_REQUEST'),
  },
  {
    name: 'an error inside a 200, with the secret in every field',
    answer: (scene) =>
      send(
        json(
          200,
          {
            error: { code: 'INSUFFICIENT_CREDITS', message: echo(scene), field: scene.apiKey, requestId: scene.apiKey },
          },
          { 'x-request-id': scene.apiKey },
        ),
      ),
    outcome: refusedWith('INSUFFICIENT_CREDITS'),
  },
  {
    name: 'an error of text inside a 200',
    answer: (scene) => send(json(200, { error: `something about ${echo(scene)}` })),
    outcome: FOREIGN,
  },
  {
    name: 'the login page of a network under a 200',
    answer: (scene) => send(page(200, `<html>${echo(scene)}</html>`, { 'x-request-id': scene.apiKey })),
    outcome: FOREIGN,
  },
  { name: 'a 200 without a body', answer: (scene) => send(withBody(scene, '')), outcome: FOREIGN },
  { name: 'a 200 of blanks', answer: (scene) => send(withBody(scene, ' \r\n\t ')), outcome: FOREIGN },
  { name: 'JSON that ends in its middle', answer: (s) => send(withBody(s, text(s).slice(0, -9))), outcome: FOREIGN },
  { name: 'JSON with something behind it', answer: (s) => send(withBody(s, `${text(s)}}`)), outcome: FOREIGN },
  { name: 'JSON behind a guard', answer: (s) => send(withBody(s, `)]}',\n${text(s)}`)), outcome: FOREIGN },
  { name: 'JSON twice', answer: (s) => send(withBody(s, `${text(s)}\n${text(s)}`)), outcome: FOREIGN },
  { name: 'JSON with NaN', answer: (s) => send(withBody(s, '{"id":"j","status":NaN}')), outcome: FOREIGN },
  { name: 'null', answer: (s) => send(withBody(s, 'null')), outcome: FOREIGN },
  { name: 'text as JSON', answer: (s) => send(withBody(s, JSON.stringify(echo(s)))), outcome: FOREIGN },
  { name: 'an empty array', answer: (s) => send(withBody(s, '[]')), outcome: FOREIGN_BUT_A_LIST },
  { name: 'an empty object', answer: (s) => send(withBody(s, '{}')), outcome: FOREIGN },
  { name: 'another API', answer: (s) => send(withBody(s, '{"ok":true,"data":{"n":1}}')), outcome: FOREIGN },
  { name: 'a byte order mark', answer: (s) => send(withBody(s, `\ufeff${text(s)}`)), outcome: WORKS },
  {
    name: 'UTF-16',
    answer: (s) => send(withBody(s, Buffer.from(`\ufeff${text(s)}`, 'utf16le'))),
    outcome: FOREIGN,
  },
  {
    name: 'invalid UTF-8 inside a text',
    answer: (s) =>
      send(
        withBody(
          s,
          Buffer.concat([
            Buffer.from('{"note":"'),
            Buffer.of(0xff, 0xc0, 0xed, 0xa0),
            Buffer.from(`",${text(s).slice(1)}`),
          ]),
        ),
      ),
    outcome: WORKS,
  },
  {
    name: 'duplicate keys, of which the last counts',
    answer: (s) => send(withBody(s, `{"data":5,"jobs":7,"status":[],"job_id":{},"type":[],${text(s).slice(1)}`)),
    outcome: WORKS,
  },
  {
    name: 'no content type',
    answer: (s) => send({ ...s.sound, headers: {} }),
    outcome: WORKS,
  },
  {
    name: 'a wrong content type',
    answer: (s) => send({ ...s.sound, headers: { 'content-type': 'text/html; charset=utf-16' } }),
    outcome: WORKS,
  },
  {
    name: 'numbers as texts',
    answer: (s) =>
      send(
        edited(s, (object) =>
          Object.fromEntries(
            Object.entries(object).map(([name, value]) => [name, typeof value === 'number' ? `${value}` : value]),
          ),
        ),
      ),
    outcome: WORKS,
  },
  {
    name: 'fields nobody knows, named to be dangerous',
    answer: (s) =>
      send(
        withBody(
          s,
          `{"__proto__":{"status":"failed"},"constructor":{"prototype":{}},"toJSON":1,"valueOf":"x","hasOwnProperty":0,${text(s).slice(1)}`,
        ),
      ),
    outcome: WORKS,
  },
  {
    name: 'a null in every field beside the job',
    answer: (s) =>
      send(edited(s, (object) => ({ meta: null, progress: null, output_file: null, cost2: null, ...object }))),
    outcome: WORKS,
  },
  {
    name: 'a job of nothing but its id',
    answer: (s) => send(withJob(s, { id: JOB_ID })),
    outcome: IS_RUNNING,
  },
  {
    name: 'a state that nobody knows',
    answer: (s) => send(withJob(s, { id: JOB_ID, status: `hibernating ${echo(s)}` })),
    outcome: IS_RUNNING,
  },
  {
    name: 'every fact of a job in a wrong type',
    answer: (s) =>
      send(
        withJob(s, {
          id: JOB_ID,
          status: 'complete',
          progress: [],
          createdAt: {},
          output: 'nowhere',
          cost: 'a lot',
          output_url: { href: 'x' },
          credits_used: [1],
          error: 7,
        }),
      ),
    outcome: but(WORKS, { fetchSchema: NO_SCHEMA }),
  },
  {
    name: 'a job id that would name another path',
    answer: (s) => send(withJob(s, { id: '../../account/keys', status: 'complete' })),
    outcome: but(WORKS, { submit: FOREIGN, fetchSchema: NO_SCHEMA }),
  },
  {
    name: 'wrappers inside wrappers, a hundred thousand deep',
    answer: (s) => send(withBody(s, nested(100_000, '{"data":', '}', `{"id":"${JOB_ID}"}`))),
    outcome: FOREIGN,
  },
  {
    name: 'progress inside progress, a hundred thousand deep',
    answer: (s) =>
      send(
        withBody(
          s,
          `{"id":"${JOB_ID}","job_id":"${JOB_ID}","status":"complete","progress":${nested(100_000, '{"value":', '}')}}`,
        ),
      ),
    outcome: FOREIGN,
  },
  {
    name: 'arrays a hundred thousand deep',
    answer: (s) => send(withBody(s, nested(100_000, '[', ']'))),
    outcome: FOREIGN,
  },
  {
    name: 'an error envelope a hundred thousand deep',
    answer: (s) => send({ ...json(500, {}), body: nested(100_000, '{"error":', '}', JSON.stringify(echo(s))) }),
    outcome: GATEWAY,
  },
  {
    name: 'gzip that was not asked for',
    answer: (s) => send({ ...withBody(s, gzipSync(text(s))), headers: { 'content-encoding': 'gzip' } }),
    outcome: FOREIGN,
  },
  {
    name: 'a gzip bomb',
    answer: (s) => send({ ...withBody(s, GZIP_BOMB), headers: { 'content-encoding': 'gzip' } }),
    outcome: FOREIGN,
  },
  {
    name: 'a brotli bomb under an error',
    answer: () => send({ status: 500, body: BROTLI_BOMB, headers: { 'content-encoding': 'br' } }),
    outcome: GATEWAY,
  },
  {
    name: 'a deflate bomb',
    answer: (s) => send({ ...withBody(s, DEFLATE_BOMB), headers: { 'content-encoding': 'deflate' } }),
    outcome: FOREIGN,
  },
  {
    name: 'plain JSON that says it is gzip',
    answer: (s) => send({ ...s.sound, headers: { ...s.sound.headers, 'content-encoding': 'gzip' } }),
    outcome: WORKS,
  },
];
