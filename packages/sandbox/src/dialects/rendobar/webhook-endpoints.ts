import { randomBytes } from 'node:crypto';
import type { Account } from '../../service/accounts.ts';
import type { Job } from '../../service/job.ts';
import { schemaCheck } from '../../service/schema-problem.ts';
import type { SandboxService } from '../../service/service.ts';
import type { BalanceEvent } from './billing.ts';
import { refuseEarlyRotation } from './callbacks.ts';
import { invalid, Refusal } from './errors.ts';
import { EVENTS, type EventNews, eventOf, forgeEvent, jobNews, RETRY_DELAYS_MS, writeEvent } from './job-event.ts';
import { newSecret, rotated, rotationWait, type SigningSecret } from './signing-secret.ts';
import type { ViewContext } from './views.ts';

/** Rendobar webhook guide: at most ten endpoints for an organization, and ten failed deliveries in a row disable one. */
const MAX_ENDPOINTS = 10;
const MAX_FAILURES = 10;

interface Endpoint {
  readonly id: string;
  readonly accountId: string;
  readonly name: string;
  readonly url: string;
  readonly subscribedEvents: readonly string[];
  readonly active: boolean;
  readonly secret: SigningSecret;
  readonly failures: number;
  readonly createdAt: number;
}

type Body = Readonly<Record<string, unknown>>;

export interface WebhookEndpoints {
  /** Throws VALIDATION_ERROR, or CONFLICT above ten. The answer alone carries the signing secret. */
  create(body: Body, accountId: string): object;
  list(accountId: string): readonly object[];
  /** Throws NOT_FOUND. */
  get(id: string, accountId: string): object;
  update(id: string, body: Body, accountId: string): object;
  remove(id: string, accountId: string): void;
  /** The new secret; the old one signs too for a day. Throws NOT_FOUND, or CONFLICT within a day of the last one. */
  rotate(id: string, accountId: string): object;
  /** Tells every endpoint that subscribed to what the job's state stands for. */
  notify(job: Job, context: ViewContext): void;
  /** Tells that the balance has fallen over an edge; `job` is what cost the money. */
  tellBalance(event: BalanceEvent, job: Job, account: Account): void;
  /** Forgets one account's endpoints, or all. */
  clear(accountId?: string): void;
}

const fields = {
  name: { type: 'string', minLength: 1, maxLength: 50 },
  // The vendor wants public HTTPS; a rehearsal's receiver runs on loopback.
  url: { type: 'string', format: 'uri' },
  subscribedEvents: { type: 'array', minItems: 1, items: { enum: EVENTS } },
};
const checkNew = schemaCheck({ type: 'object', required: Object.keys(fields), properties: fields });
const checkChange = schemaCheck({ type: 'object', properties: { ...fields, active: { type: 'boolean' } } });

export function createWebhookEndpoints(service: SandboxService): WebhookEndpoints {
  const endpoints = new Map<string, Endpoint>();

  const ofAccount = (accountId: string) => [...endpoints.values()].filter((entry) => entry.accountId === accountId);

  function own(id: string, accountId: string): Endpoint {
    const endpoint = endpoints.get(id);
    if (endpoint?.accountId !== accountId) throw new Refusal('NOT_FOUND', 'Webhook endpoint not found.');
    return endpoint;
  }

  function replaceSecret(id: string): string {
    const endpoint = endpoints.get(id);
    if (!endpoint) return '';
    const secret = rotated(endpoint.secret, 'whsec', service.clock.now());
    endpoints.set(id, { ...endpoint, secret });
    return secret.current;
  }

  function settle(id: string, delivered: boolean): void {
    const endpoint = endpoints.get(id);
    if (!endpoint) return;
    const failures = delivered ? 0 : endpoint.failures + 1;
    endpoints.set(id, { ...endpoint, failures, active: endpoint.active && failures < MAX_FAILURES });
  }

  function tell(job: Job, news: EventNews): void {
    const { event } = news;
    for (const { id, url, active, subscribedEvents } of ofAccount(job.accountId)) {
      if (!active || !subscribedEvents.includes(event)) continue;
      service.notifier.notify({
        job,
        event,
        url,
        retryDelaysMs: RETRY_DELAYS_MS,
        write: () => writeEvent(news, () => endpoints.get(id)?.secret),
        forge: () => forgeEvent(news),
        rotate() {
          const secret = endpoints.get(id)?.secret;
          if (secret && rotationWait(secret, service.clock.now()) === 0) replaceSecret(id);
        },
        onSettled: (delivered) => settle(id, delivered),
      });
    }
  }

  return {
    create(body, accountId) {
      const { name, url, subscribedEvents } = checked(body, checkNew) as Pick<
        Endpoint,
        'name' | 'url' | 'subscribedEvents'
      >;
      if (ofAccount(accountId).length >= MAX_ENDPOINTS) {
        throw new Refusal('CONFLICT', `An organization has at most ${MAX_ENDPOINTS} webhook endpoints.`);
      }
      const endpoint: Endpoint = {
        id: `whe_${randomBytes(8).toString('hex')}`,
        accountId,
        name,
        url,
        subscribedEvents,
        active: true,
        secret: newSecret('whsec'),
        failures: 0,
        createdAt: service.clock.now(),
      };
      endpoints.set(endpoint.id, endpoint);
      return { ...view(endpoint), signingSecret: endpoint.secret.current };
    },
    list: (accountId) => ofAccount(accountId).map(view),
    get: (id, accountId) => view(own(id, accountId)),
    update(id, body, accountId) {
      const endpoint = own(id, accountId);
      const { name, url, subscribedEvents, active } = {
        ...endpoint,
        ...(checked(body, checkChange) as Partial<Endpoint>),
      };
      const failures = active && !endpoint.active ? 0 : endpoint.failures;
      const next: Endpoint = { ...endpoint, name, url, subscribedEvents, active, failures };
      endpoints.set(id, next);
      return view(next);
    },
    remove(id, accountId) {
      endpoints.delete(own(id, accountId).id);
    },
    rotate(id, accountId) {
      const endpoint = own(id, accountId);
      refuseEarlyRotation(endpoint.secret, service);
      return { ...view(endpoint), signingSecret: replaceSecret(id) };
    },
    notify(job, context) {
      const event = eventOf(job);
      if (event) tell(job, { event, orgId: job.accountId, data: jobNews(job, context), now: context.now });
    },
    tellBalance(event, job, { id, ledger }) {
      // The payload of these events is not documented.
      const data = { balance: { amount: ledger.balance / 1e9, currency: 'USD' } };
      tell(job, { event, orgId: id, data, now: service.clock.now() });
    },
    clear(accountId) {
      for (const { id, accountId: owner } of endpoints.values()) {
        if (accountId === undefined || owner === accountId) endpoints.delete(id);
      }
    },
  };
}

function view({ id, name, url, subscribedEvents, active, createdAt }: Endpoint) {
  return { id, name, url, subscribedEvents, active, createdAt };
}

function checked(body: Body, check: ReturnType<typeof schemaCheck>): Body {
  const problem = check(body);
  if (problem) throw invalid(problem.path, `${problem.path || 'The body'}: ${problem.message}`);
  return body;
}
