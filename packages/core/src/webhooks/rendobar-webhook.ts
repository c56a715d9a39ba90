import { type ArgumentCheck, argument, fields, unchecked } from '../arguments/check-argument.ts';
import { guard } from '../arguments/guard.ts';
import { CALLBACK, DURATION, type Rule } from '../arguments/rule.ts';
import { readNumber } from '../decode/scalars.ts';
import { RenderError } from '../errors/render-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { HmacSha256 } from '../ports/digest.ts';
import { createDeliveryLog, type DeliveryLog, type DeliveryOutcome } from './delivery-log.ts';
import { type RendobarEvent, readRendobarEvent } from './rendobar-event.ts';
import { verifySignature } from './verify-signature.ts';
import { ownError, refused } from './webhook-refusal.ts';

/** Rendobar's own verifier refuses what is older. */
const TOLERANCE_MS = 300_000;
/** An event tells of one job; a body beyond this is not one. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** The headers of a request: Node's, a plain object of any case, or a Headers object. */
export type WebhookHeaders =
  | Readonly<Record<string, string | readonly string[] | undefined>>
  | { get(name: string): string | null };

export interface RendobarWebhookOptions {
  /**
   * The endpoint's signing secret (`whsec_...`), or for callbacks of single jobs the organization's (`cbsec_...`).
   * During a rotation the old one as well.
   */
  readonly secret: string | readonly string[];
  /** Milliseconds that a delivery may be old, or ahead of our clock. Default 300,000 (five minutes). */
  readonly toleranceMs?: number | undefined;
  /** Remembers deliveries. Default: the last 10,000 in memory. Pass one of your own to remember across processes. */
  readonly deliveries?: DeliveryLog | undefined;
}

export interface RendobarWebhookPorts {
  readonly hmac: HmacSha256;
  readonly clock: Pick<Clock, 'now'>;
}

/** Takes what Rendobar posts to a webhook endpoint or to a job's callback. */
export interface RendobarWebhookReceiver {
  /**
   * Verifies one delivery and gives its event.
   * @throws {RenderError} UNAUTHENTICATED when the signature or its age is wrong, INVALID_REQUEST when the body is no event
   * or not raw. {@link webhookRefusalStatus} gives the status to answer with.
   */
  verify(rawBody: string | Uint8Array, headers: WebhookHeaders): Promise<RendobarEvent>;
  /**
   * Verifies one delivery and gives its event to `onEvent`, once for each delivery id: Rendobar delivers at least once.
   * Answer 2xx when it resolves. Rejects as `verify` does, or with what `onEvent` threw, as it is, RenderErrors included:
   * answer 5xx then, and the next attempt is given to it again. {@link webhookRefusalStatus} tells the two apart.
   *
   * @example
   * await receiver.handle(rawBody, headers, onEvent).then(
   *   () => reply(204),
   *   (error) => reply(webhookRefusalStatus(error) ?? 500),
   * );
   */
  handle(
    rawBody: string | Uint8Array,
    headers: WebhookHeaders,
    onEvent: (event: RendobarEvent) => void | Promise<void>,
  ): Promise<DeliveryOutcome>;
}

const LOG: Rule = {
  accepts: (value) =>
    typeof value === 'object' && value !== null && 'once' in value && typeof value.once === 'function',
  what: 'a delivery log with once()',
  remedy: 'Pass what createDeliveryLog() gives, or a log of your own.',
};

const CLOCK: Rule = {
  accepts: (value) => typeof value === 'object' && value !== null && 'now' in value && typeof value.now === 'function',
  what: 'a clock with now()',
  remedy: 'Pass systemClock of the Node door, or a clock of your own.',
};

const HEADERS: Rule = {
  accepts: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  what: 'the headers of the request',
  remedy: 'Pass request.headers as they arrived.',
};

const receiverOptions: ArgumentCheck = fields('options', {
  takes: { toleranceMs: DURATION, deliveries: LOG },
  remedy: "Pass an object with the endpoint's secret.",
});

const receiverPorts: ArgumentCheck = fields('ports', {
  needs: { hmac: CALLBACK, clock: CLOCK },
  remedy: 'Pass { hmac, clock }, or use createNodeRendobarWebhookReceiver of the Node door.',
});

/**
 * A receiver of Rendobar's webhooks and callbacks.
 * @throws {RenderError} INVALID_REQUEST with field `secret` when there is none, or with the option or port that is wrong.
 */
export function createRendobarWebhookReceiver(
  options: RendobarWebhookOptions,
  ports: RendobarWebhookPorts,
): RendobarWebhookReceiver {
  receiverOptions(options);
  receiverPorts(ports);
  const { secret, toleranceMs = TOLERANCE_MS, deliveries = createDeliveryLog() } = options;
  const { hmac, clock } = ports;
  const secrets = checkSecrets(secret);

  const verify: RendobarWebhookReceiver['verify'] = (rawBody, headers) => refused(() => readVerified(rawBody, headers));

  async function readVerified(rawBody: string | Uint8Array, headers: WebhookHeaders): Promise<RendobarEvent> {
    const body = typeof rawBody === 'string' ? new TextEncoder().encode(rawBody) : rawBody;
    // The usual mistake: a framework has parsed the body already, and what was signed is gone.
    if (!(body instanceof Uint8Array)) throw notRaw();
    if (body.length > MAX_BODY_BYTES) throw refusal('The body is too large to be an event.', 'body');
    const timestamp = headerOf(headers, 'X-Rendobar-Timestamp')?.trim();
    const signatures = ['X-Rendobar-Signature', 'X-Rendobar-Signature-Previous']
      .map((name) => headerOf(headers, name))
      .filter((value) => value !== undefined);
    if (timestamp === undefined || signatures.length === 0) {
      throw refusal('The delivery is not signed.', 'X-Rendobar-Signature');
    }
    const message = joined(new TextEncoder().encode(`${timestamp}.`), body);
    if (!(await verifySignature({ hmac, secrets, message, signatures }))) {
      throw refusal('The signature does not fit the body and the secret.', 'X-Rendobar-Signature');
    }
    const sentAt = timeOf(timestamp);
    if (sentAt === undefined || Math.abs(clock.now() - sentAt) > toleranceMs) {
      throw refusal('The delivery is too old, or the clocks disagree.', 'X-Rendobar-Timestamp');
    }
    return readRendobarEvent(new TextDecoder().decode(body));
  }

  const receiver: RendobarWebhookReceiver = {
    verify,
    async handle(rawBody, headers, onEvent) {
      const event = await verify(rawBody, headers);
      const task = () => ownError(async () => onEvent(event));
      // The id in the body is signed; the one in the header is not.
      const { deliveryId } = event;
      if (deliveryId !== undefined) return deliveries.once(deliveryId, task);
      await task();
      return 'done';
    },
  };
  return guard(receiver, {
    verify: [unchecked, argument('headers', HEADERS)],
    handle: [unchecked, argument('headers', HEADERS), argument('onEvent', CALLBACK)],
  });
}

function notRaw(): RenderError {
  return new RenderError({
    code: 'INVALID_REQUEST',
    message: 'The body of a delivery must be the text or the bytes as they arrived, not what was parsed out of them.',
    field: 'rawBody',
    remedy: 'Read the raw body before any JSON middleware does, for example with express.raw.',
    provider: 'rendobar',
  });
}

/** Seconds, as in the guide's samples; milliseconds are told apart by their size. */
function timeOf(timestamp: string): number | undefined {
  const number = readNumber(timestamp);
  if (number === undefined) return undefined;
  return number < 1e11 ? number * 1000 : number;
}

function headerOf(headers: WebhookHeaders, name: string): string | undefined {
  if (isHeaders(headers)) return textOf(headers.get(name));
  const wanted = name.toLowerCase();
  const [, value] = Object.entries(headers).find(([key]) => key.toLowerCase() === wanted) ?? [];
  return textOf(Array.isArray(value) ? value[0] : value);
}

/** Hosts without types put anything under a header's name. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function isHeaders(headers: WebhookHeaders): headers is { get(name: string): string | null } {
  return typeof headers.get === 'function';
}

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const whole = new Uint8Array(head.length + tail.length);
  whole.set(head);
  whole.set(tail, head.length);
  return whole;
}

function checkSecrets(secret: string | readonly string[]): readonly string[] {
  const secrets = typeof secret === 'string' ? [secret] : secret;
  if (
    Array.isArray(secrets) &&
    secrets.length > 0 &&
    secrets.every((entry) => typeof entry === 'string' && entry.trim() !== '')
  ) {
    return secrets.map((entry) => entry.trim());
  }
  throw new RenderError({
    code: 'INVALID_REQUEST',
    message: 'There is no secret to verify deliveries with.',
    field: 'secret',
    remedy: "Pass the endpoint's signingSecret, or for callbacks the organization's callback secret.",
  });
}

function refusal(message: string, field: string): RenderError {
  return new RenderError({
    code: 'UNAUTHENTICATED',
    message,
    field,
    provider: 'rendobar',
    remedy: 'Answer 401 and do nothing: the delivery cannot be shown to be from Rendobar.',
  });
}
