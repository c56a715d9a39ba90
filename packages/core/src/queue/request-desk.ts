import type { RequestPurpose } from '../contract/account-event.ts';
import type { ClientPorts, QueueNotice } from '../contract/client.ts';
import type { WireCall } from '../contract/provider.ts';
import { readRateWindow } from '../decode/rate-headers.ts';
import { RenderError } from '../errors/render-error.ts';
import type { AccountEvents } from '../observe/account-events.ts';
import type { HttpResponse } from '../ports/http-transport.ts';
import type { Breaker } from '../retry/breaker.ts';
import { runUntil, waitFor } from '../retry/wait-for.ts';
import { type Endpoint, exchange, sendStateOf } from '../transport/exchange.ts';
import { readAnswer } from '../transport/read-answer.ts';
import type { RateGate, Ticket } from './rate-gate.ts';
import type { ServerClock } from './server-clock.ts';

/** A turn at an open gate comes at once; even a call without patience waits this long for those before it. */
const TURN_MS = 1_000;

/** Who goes first when several requests wait for the gate. A submit in doubt holds back all others: it is settled first. */
const PRIORITY: Readonly<Record<RequestPurpose | 'announced', number>> = {
  settle: 12,
  submit: 10,
  announced: 8,
  call: 5,
  look: 0,
};

/** What a request must keep to. */
export interface RequestPlan {
  readonly purpose: RequestPurpose;
  /** A look at a job that a webhook has named. */
  readonly isAnnounced?: boolean | undefined;
  /** Unix milliseconds until which the account's limits are waited for. */
  readonly until: number;
  readonly signal?: AbortSignal | undefined;
  readonly onQueued?: ((notice: QueueNotice) => void) | undefined;
  readonly onSend?: (() => void) | undefined;
}

export interface RequestDesk {
  /**
   * One attempt: through the gate, on the wire, and any answer that holds no result thrown as what it means.
   * @param attempts Those made before. @param onSend Called just before the request goes on the wire.
   */
  send<T>(
    call: WireCall,
    plan: RequestPlan,
    read: (response: HttpResponse) => T,
    attempts: number,
    onSend: () => void,
  ): Promise<T>;
}

/** Where all requests of an account pass: one at a time through the gate, the most urgent first, then side by side. */
export function createRequestDesk(options: {
  readonly endpoint: () => Endpoint;
  readonly ports: ClientPorts;
  readonly gate: RateGate;
  readonly breaker: Breaker;
  readonly serverClock: ServerClock;
  readonly events: AccountEvents;
}): RequestDesk {
  const { gate, breaker, serverClock, events } = options;
  const { clock, lanes } = options.ports;
  const turnstile = lanes({ concurrency: 1 });
  /** Requests that are in line, the one at the gate included. */
  let inLine = 0;
  let toldClosedUntil = 0;

  /** Whether a request is nobody's wish of this moment: it keeps away from a provider that is down. */
  function isAutomatic({ purpose }: RequestPlan, attempts: number): boolean {
    return attempts > 0 || purpose === 'look';
  }

  function tellClosed(until: number): void {
    if (until === toldClosedUntil) return;
    toldClosedUntil = until;
    events.emit({ type: 'gate-closed', until, reason: gate.isRefused() ? 'refused' : 'spent' });
  }

  /** The common case takes no promise at all: nobody is in line and the gate is open. */
  function enterAtOnce(plan: RequestPlan, attempts: number): Ticket | undefined {
    if (inLine > 0 || plan.signal?.aborted) return undefined;
    if (isAutomatic(plan, attempts) && breaker.opensAt() > clock.now()) return undefined;
    return gate.tryPass();
  }

  async function enterInTurn(plan: RequestPlan, attempts: number): Promise<Ticket> {
    const { purpose, signal } = plan;
    if (isAutomatic(plan, attempts)) await outage(plan, attempts);
    const opensAt = gate.opensAt();
    if (opensAt > clock.now()) {
      tellClosed(opensAt);
      if (opensAt > plan.until) throw gate.refusal();
      plan.onQueued?.({ reason: 'rate', attempts, nextAttemptAt: opensAt, error: gate.refusal().record });
    }
    const priority = PRIORITY[plan.isAnnounced === true ? 'announced' : purpose];
    inLine += 1;
    try {
      return await runUntil({
        clock,
        until: Math.max(plan.until, clock.now() + TURN_MS),
        signal,
        task: (inner) => turnstile.run(() => pass(inner), { priority, signal: inner }),
        onTime: () => gate.refusal(),
      });
    } finally {
      inLine -= 1;
    }
  }

  /** Passes the gate; a ticket that comes in the instant in which its caller leaves goes back. */
  async function pass(signal: AbortSignal): Promise<Ticket> {
    const ticket = await gate.pass(signal);
    if (signal.aborted) gate.giveBack(ticket);
    return ticket;
  }

  /** Waits while the provider counts as down. */
  async function outage({ until, signal, onQueued }: RequestPlan, attempts: number): Promise<void> {
    for (;;) {
      const opensAt = breaker.opensAt();
      if (opensAt <= clock.now()) return;
      const error = breaker.lastError();
      if (opensAt > until && error !== undefined) throw error.with({ retryAfterMs: opensAt - clock.now() });
      onQueued?.({ reason: 'outage', attempts, nextAttemptAt: opensAt, ...(error && { error: error.record }) });
      await waitFor({ clock, until: opensAt, event: breaker.changed(), signal });
    }
  }

  return {
    async send(call, plan, read, attempts, onSend) {
      const ticket = enterAtOnce(plan, attempts) ?? (await enterInTurn(plan, attempts));
      breaker.pass();
      const endpoint = options.endpoint();
      const sentAt = clock.now();
      let settled: Parameters<typeof gate.settle>[1];
      let httpStatus: number | undefined;
      let failure: RenderError | undefined;
      try {
        onSend();
        plan.onSend?.();
        const response = await exchange(endpoint, call, plan.signal);
        const now = clock.now();
        httpStatus = response.status;
        serverClock.heard(response.headers, now);
        const window = readRateWindow(response.headers, now);
        const isAnswer = httpStatus >= 200 && httpStatus < 300;
        settled = { window };
        try {
          if (isAnswer || call.answers?.includes(httpStatus)) return readAnswer(endpoint, response, read);
          throw endpoint.provider.readError(response, now);
        } catch (error) {
          // Also one inside a 2xx: a refusal that did not close the gate would be asked for again at once, for ever.
          const isRefusal = RenderError.isInstance(error) && error.code === 'RATE_LIMITED';
          settled = { window, refusal: isRefusal ? error : undefined };
          throw error;
        }
      } catch (error) {
        if (RenderError.isInstance(error)) failure = error;
        throw error;
      } finally {
        if (failure !== undefined && sendStateOf(failure) === 'not-sent') gate.giveBack(ticket);
        else gate.settle(ticket, settled);
        if (failure !== undefined && isOutage(failure)) breaker.failed(failure);
        else if (httpStatus !== undefined) breaker.answered();
        else breaker.released();
        events.emit({
          type: 'request',
          purpose: plan.purpose,
          method: call.method,
          durationMs: clock.now() - sentAt,
          ...(httpStatus !== undefined && { httpStatus }),
          ...(failure !== undefined && { error: failure.record }),
        });
      }
    },
  };
}

/** A dead wire or a fault of the provider; a job that failed, or a refusal, is an answer. */
function isOutage({ code, record }: RenderError): boolean {
  if (code === 'BAD_RESPONSE') return record.httpStatus !== undefined && record.httpStatus >= 500;
  return code === 'NETWORK' || code === 'PROVIDER_ERROR';
}
