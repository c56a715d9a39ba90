import { createNoopMeter } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { createPhantomFlowClient } from '../api/phantomflow/phantomflow-client.ts';
import { createNodeSha256 } from '../host/node-sha256.ts';
import { createPQueueLane } from '../host/p-queue-lane.ts';
import * as door from '../node.ts';
import { setRendobarStage } from '../testing/rendobar-stage.ts';
import { COMMAND, MOVIE, TEST_KEY } from '../testing/scripted-client.ts';
import { type Answer, createScriptedTransport, type ScriptedTransport } from '../testing/scripted-transport.ts';
import { createVirtualClock, type VirtualClock } from '../testing/virtual-clock.ts';

/** What a program without types, or one that trusts its input, passes. */
const ODD: readonly unknown[] = [
  undefined,
  null,
  '',
  0,
  [],
  {},
  () => undefined,
  Number.NaN,
  Symbol('odd'),
  10n,
  Object.create(null),
];
const ODD_FIELDS: readonly unknown[] = [null, '', {}, Number.NaN];
const OPTION_NAMES = ['signal', 'maxQueueMs', 'timeoutMs', 'onChange', 'onTrouble', 'onQueued', 'onSend', 'limit'];

type Callable = (...given: readonly unknown[]) => unknown;

interface Subject {
  readonly call: Callable;
  /** Arguments that are as they should be. */
  readonly valid: readonly unknown[];
  readonly clock?: VirtualClock;
  readonly wire?: ScriptedTransport;
}

/** The error that a call threw or rejected with; undefined where it gave a result. */
async function refusalOf({ call, clock }: Subject, given: readonly unknown[]): Promise<door.RenderError | undefined> {
  try {
    const result = call(...given);
    if (result instanceof Promise) await (clock === undefined ? result : clock.run(result));
    if (typeof result === 'object' && result !== null && Symbol.asyncIterator in result) {
      const walk = (result as AsyncIterable<unknown>)[Symbol.asyncIterator]().next();
      await (clock === undefined ? walk : clock.run(walk));
    }
    return undefined;
  } catch (thrown) {
    if (!door.RenderError.isInstance(thrown)) throw thrown;
    return thrown;
  }
}

/** Asserts that a call gives a result or a typed error, and that one which blames the caller was sent nowhere. */
async function expectTyped(subject: Subject, given: readonly unknown[], story: string): Promise<void> {
  const before = subject.wire?.requests.length;
  const error = await refusalOf(subject, given).catch((cause: unknown) => expect.fail(`${story}: ${cause}`));
  if (error === undefined) return;
  const { code, field, remedy, httpStatus } = error.record;
  expect(code, story).not.toBe('INTERNAL');
  if (code !== 'INVALID_REQUEST' || httpStatus !== undefined) return;
  expect({ field, remedy }, story).toEqual({
    field: expect.stringMatching(/./),
    remedy: expect.stringMatching(/^[A-Z].+\.$/s),
  });
  expect(subject.wire?.requests.length, `${story} was sent`).toBe(before);
}

async function tryEverything(name: string, subject: Subject): Promise<void> {
  await expectTyped(subject, [], `${name}()`);
  for (const [at, valid] of subject.valid.entries()) {
    for (const odd of ODD)
      await expectTyped(subject, subject.valid.with(at, odd), `${name} argument ${at} ${kind(odd)}`);
    // What is frozen is a part of renderq itself, not an object that a caller writes.
    if (typeof valid !== 'object' || valid === null || Array.isArray(valid) || Object.isFrozen(valid)) continue;
    for (const option of [...OPTION_NAMES, ...Object.keys(valid)]) {
      for (const odd of ODD_FIELDS) {
        const given = subject.valid.with(at, { ...valid, [option]: odd });
        await expectTyped(subject, given, `${name} argument ${at}.${option} ${kind(odd)}`);
      }
    }
  }
}

function kind(odd: unknown): string {
  return odd === null ? 'null' : Array.isArray(odd) ? '[]' : `${typeof odd}${odd === '' ? ' empty' : ''}`;
}

/** The methods of a client, also those of its parts, as `jobs.create`. */
function methodsOf(client: object, prefix = ''): readonly (readonly [string, Callable])[] {
  return Object.entries(client).flatMap(([name, value]) => {
    if (typeof value === 'function') return [[`${prefix}${name}`, value as Callable] as const];
    const isPart = typeof value === 'object' && value !== null && name !== 'provider';
    return isPart ? methodsOf(value, `${prefix}${name}.`) : [];
  });
}

const ENDPOINT = { name: 'prod', url: 'https://a.example/h', subscribedEvents: ['job.completed'] };
const NO_LIMITS = { requestsPerMinute: 600_000, concurrentJobs: 1_000 };

/** Arguments that are as they should be, for every method of every client. */
const COMMON: Readonly<Record<string, readonly unknown[]>> = {
  submit: [COMMAND, {}],
  get: ['job_1', {}],
  list: [{}],
  cancel: ['job_1', {}],
  wait: ['job_1', { timeoutMs: 1_000 }],
  fetchSchema: [COMMAND, {}],
  validate: [COMMAND, {}],
  check: [COMMAND],
  announce: ['job_1'],
  subscribe: [() => undefined],
  state: [],
  'recovery.adopt': [{ jobIds: ['job_1'], openJobs: [{ id: 'job_1', acceptedAt: 1 }], evidence: { listLagMs: 5 } }],
  'recovery.evidence': [],
  'recovery.settle': [{ sentAt: 1, rivals: [2] }],
};
const RENDOBAR: typeof COMMON = {
  ...COMMON,
  'jobs.create': [COMMAND, { reference: 'r', idempotencyKey: 'k' }],
  'jobs.get': ['job_1', {}],
  'jobs.getRaw': ['job_1', {}],
  'jobs.list': [
    { status: 'failed', type: 'ffmpeg', client: 'c', from: 0, to: 1, offset: 0, sort: 'cost', order: 'asc' },
  ],
  'jobs.listAll': [{ from: 0, to: 1 }],
  'jobs.wait': ['job_1', { timeoutMs: 1_000 }],
  'jobs.cancel': ['job_1', {}],
  'jobs.logs': ['job_1', {}],
  'jobs.download': ['job_1', { file: 'a', idleTimeoutMs: 1 }],
  'jobs.share': ['job_1', {}],
  'jobs.getShare': ['job_1', {}],
  'jobs.unshare': ['job_1', {}],
  'jobs.retryDeliveries': ['job_1', {}],
  'assets.upload': [
    door.bytesSource(new Uint8Array(2), 'a.mp4'),
    {
      contentType: 'video/mp4',
      lifecycle: 'persisted',
      concurrency: 1,
      checksum: false,
      onState() {},
      onProgress() {},
    },
  ],
  'assets.get': ['asset_1', {}],
  'assets.list': [{ type: 't', scope: 's', category: 'c', offset: 0 }],
  'assets.delete': ['asset_1', {}],
  'catalogue.types': [{}],
  'catalogue.schema': ['ffmpeg', {}],
  'catalogue.models': [{ job: 'image.edit' }],
  'ffmpeg.validate': ['ffmpeg -i a b', {}],
  'storage.list': [{}],
  'storage.objects': ['main', { prefix: 'a', cursor: 'c' }],
  'account.billing': [{}],
  'account.usage': [{ start: '2026-01-01', end: '2026-01-31' }],
  'account.capabilities': [{}],
  'account.organization': [{}],
  'account.adoptLimits': [{}],
  'webhooks.create': [ENDPOINT, {}],
  'webhooks.get': ['whe_1', {}],
  'webhooks.update': ['whe_1', { ...ENDPOINT, active: true }, {}],
  'webhooks.delete': ['whe_1', {}],
  'webhooks.callbackSecret': [{}],
  'webhooks.rotateCallbackSecret': [{}],
};
const PHANTOMFLOW: typeof COMMON = {
  ...COMMON,
  submit: [MOVIE, {}],
  'jobs.list': [{}],
  'jobs.download': ['job_1', { file: 'a', idleTimeoutMs: 1 }],
  'templates.list': [{}],
  'templates.create': [{ name: 'n', script: MOVIE, isPublic: true }, {}],
  renderMovie: [MOVIE, {}],
  renderTemplate: [{ templateId: 't', variables: {}, webhookUri: 'https://a.example/h' }, {}],
  estimateCredits: [MOVIE],
  schema: [{}],
  parseWebhook: ['{"job_id":"pf-1","status":"completed"}'],
};

/** Something of everything that an answer may be read for. */
const ANSWER: Answer = {
  body: {
    data: { id: 'job_1', job_id: 'job_1', template_id: 't', status: 'complete', signingSecret: 's', secret: 's' },
  },
};

function phantomFlowStage() {
  const clock = createVirtualClock();
  const wire = createScriptedTransport(clock, () => ANSWER);
  const ports = { transport: wire.transport, clock, random: () => 0.5, lanes: createPQueueLane };
  return { clock, wire, client: createPhantomFlowClient({ apiKey: TEST_KEY, limits: NO_LIMITS }, ports) };
}

describe.each([
  ['Rendobar', RENDOBAR, () => setRendobarStage(() => () => ANSWER, { options: { limits: NO_LIMITS } })],
  ['PhantomFlow', PHANTOMFLOW, phantomFlowStage],
] as const)('the methods of a %s client', (_name, valid, setStage) => {
  const names = methodsOf(setStage().client).map(([name]) => name);

  it('are all in this table', () => {
    expect(names.filter((name) => !Object.hasOwn(valid, name))).toEqual([]);
  });

  it.each(names)('%s gives a result or a RenderError, and sends no mistake of the caller', async (name) => {
    const { client, clock, wire } = setStage();
    const [, call] = methodsOf(client).find(([each]) => each === name) ?? [];
    if (call === undefined) return expect.unreachable();
    await tryEverything(name, { call, valid: valid[name] ?? [], clock, wire });
  });
});

const PROVIDER = door.findProvider('rendobar');
const ERROR = new door.RenderError({ code: 'NETWORK', message: 'm', provider: 'rendobar' });
const PORTS = { transport: async () => ({}), clock: createVirtualClock(), random: () => 0, lanes: createPQueueLane };
const KEY = { apiKey: TEST_KEY, baseUrl: 'https://a.example', limits: {} };

/** Arguments that are as they should be, for every function of the Node door, which holds those of the pure one. */
const DOOR: Readonly<Record<string, readonly unknown[]>> = {
  asRenderError: [ERROR],
  bytesSource: [new Uint8Array(1), 'a'],
  closestWord: ['a', ['b']],
  createAccountRegistry: [],
  createDeliveryLog: [5],
  createNodeClient: [{ ...KEY, provider: 'rendobar' }],
  createNodePhantomFlow: [KEY],
  createNodeRendobar: [{ ...KEY, orgId: 'org_1' }],
  createNodeRendobarWebhookReceiver: [{ secret: 's', toleranceMs: 1, deliveries: door.createDeliveryLog() }],
  createNodeSha256: [],
  createPhantomFlowClient: [KEY, PORTS, door.createAccountRegistry()],
  createPQueueLane: [{ concurrency: 1 }],
  createRenderClient: [{ ...KEY, provider: 'rendobar' }, PORTS, door.createAccountRegistry()],
  createRendobarClient: [{ ...KEY, orgId: 'org_1' }, PORTS, door.createAccountRegistry()],
  createRendobarWebhookReceiver: [{ secret: 's' }, { hmac: door.webCryptoHmac, clock: createVirtualClock() }],
  createUndiciTransport: [{}],
  describeEvent: [{ type: 'gate-closed', at: 0, reason: 'spent', until: 1 }],
  describeState: [door.createNodePhantomFlow(KEY).state()],
  estimateCredits: [MOVIE],
  fileSource: [import.meta.filename, { filename: 'a' }],
  findProvider: ['rendobar'],
  isPhantomFlowSandboxKey: ['ve_test_1'],
  isProviderError: [ERROR, 'rendobar', 'GONE'],
  isRendobarJob: [{ provider: 'rendobar', type: 'ffprobe' }, 'ffprobe'],
  knownProviderCode: [ERROR, 'rendobar'],
  listErrorRows: [],
  listProviders: [],
  matchError: [ERROR, { else: () => 1 }],
  nodePorts: [],
  recordMetrics: [door.createNodePhantomFlow(KEY), createNoopMeter(), { attributes: {} }],
  saveFile: [undefined, undefined],
  validateOffline: [PROVIDER, COMMAND],
  webCryptoHmac: ['s', new Uint8Array(1)],
  webhookRefusalStatus: [ERROR],
};
/** Classes, and parts for hosts that are handed text only; they are tested where they live. */
const ELSEWHERE = ['RenderError', 'TransportError', 'checkApiKey', 'cleanText', 'createUndiciTransfer', 'parseBaseUrl'];

describe('the functions of the Node door', () => {
  const functions = Object.entries(door).filter(([, value]) => typeof value === 'function');

  it('are all in this table', () => {
    const known = new Set([...Object.keys(DOOR), ...ELSEWHERE]);
    expect(functions.map(([name]) => name).filter((name) => !known.has(name))).toEqual([]);
  });

  it.each(Object.keys(DOOR))('%s gives a result or a RenderError', async (name) => {
    const call = functions.find(([each]) => each === name)?.[1] as Callable | undefined;
    if (call === undefined) return expect.unreachable();
    await tryEverything(name, { call, valid: DOOR[name] ?? [] });
  });

  it('make parts that answer oddities in the same way', async () => {
    const receiver = door.createNodeRendobarWebhookReceiver({ secret: 's' });
    const log = door.createDeliveryLog();
    const parts: readonly (readonly [string, Callable, readonly unknown[]])[] = [
      ['receiver.verify', receiver.verify as Callable, ['{}', {}]],
      ['receiver.handle', receiver.handle as Callable, ['{}', {}, () => undefined]],
      ['log.once', log.once as Callable, ['id', async () => undefined]],
      ['sha256.update', createNodeSha256().update as Callable, [new Uint8Array(1)]],
      ['clock.sleep', door.systemClock.sleep as Callable, [0, new AbortController().signal]],
    ];
    for (const [name, call, valid] of parts) await tryEverything(name, { call, valid });
  });
});

describe('a client that is made of nothing', () => {
  it.each([
    ['createNodeClient', door.createNodeClient],
    ['createNodeRendobar', door.createNodeRendobar],
    ['createNodePhantomFlow', door.createNodePhantomFlow],
    ['createNodeRendobarWebhookReceiver', door.createNodeRendobarWebhookReceiver],
  ])('%s asks for its options', async (_name, call) => {
    const error = await refusalOf({ call: call as Callable, valid: [] }, []);
    expect(error?.record).toMatchObject({
      code: 'INVALID_REQUEST',
      field: 'options',
      remedy: expect.stringMatching(/^Pass an object/),
    });
  });

  it('names the part that its host did not bring', async () => {
    const { transport: _left, ...ports } = PORTS;
    const call = door.createRenderClient as Callable;
    const error = await refusalOf({ call, valid: [] }, [{ ...KEY, provider: 'rendobar' }, ports]);
    expect(error?.record).toMatchObject({ code: 'INVALID_REQUEST', field: 'transport' });
  });
});
