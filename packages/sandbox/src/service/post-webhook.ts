import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { blockedRange, literalAddress, resolveWithSystem } from '../media/address-guard.ts';
import type { PostWebhook } from './webhooks.ts';

/** Rendobar webhook guide: an answer counts within ten seconds. PhantomFlow's limit is unknown; the same is used. */
const ANSWER_MS = 10_000;

/**
 * Whether a receiver may not live at an address. Loopback may, although both vendors refuse it: a rehearsal's receiver
 * runs beside the sandbox.
 */
export function isBlockedReceiver(address: string): boolean {
  const range = blockedRange(address);
  return range !== undefined && range !== 'loopback';
}

const REFUSED = 'the receiver is in a private network';

/** Checks the very addresses that the connection is made to, so that no name can be bound to another in between. */
const guardedLookup: LookupFunction = (host, options, callback) => {
  resolveWithSystem(host, (error, addresses) => {
    if (error) return callback(error, [], 0);
    const [first] = addresses;
    if (!first || addresses.some(({ address }) => isBlockedReceiver(address)))
      return callback(new Error(REFUSED), [], 0);
    if (options.all) return callback(null, [...addresses]);
    return callback(null, first.address, first.family);
  });
};

/** Posts JSON and follows no redirect. Its error messages carry no part of the URL. */
export const postWebhook: PostWebhook = async (post, signal) => {
  const url = new URL(post.url);
  const literal = literalAddress(url);
  if (literal !== undefined && isBlockedReceiver(literal)) throw new Error(REFUSED);
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const outgoing = send(
      url,
      {
        method: 'POST',
        lookup: guardedLookup,
        signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
        headers: {
          'user-agent': 'renderq-sandbox',
          ...post.headers,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(post.body),
        },
      },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      },
    );
    outgoing.once('error', (error: NodeJS.ErrnoException) => reject(new Error(error.code ?? error.message)));
    outgoing.end(post.body);
  });
};
