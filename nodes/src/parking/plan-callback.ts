import { addressReach } from './address-reach.ts';

/** How a run hears that its jobs have ended: the provider calls `url`, or the run asks until it knows. */
export type CallbackPlan =
  | { readonly kind: 'callback'; readonly url: string }
  | { readonly kind: 'poll'; readonly reason: string };

export interface CallbackCircumstances {
  /** What `{{ $execution.resumeUrl }}` gave. */
  readonly resumeUrl: unknown;
  /** Where the provider's API answers. */
  readonly apiUrl: string;
  /** Whether the provider calls https addresses alone (Rendobar callbacks guide). */
  readonly needsHttps: boolean;
  /** The user says that a local address can be called. */
  readonly evenOnLocalAddress: boolean;
  /** Whether this n8n can park an execution. */
  readonly canPark: boolean;
  readonly isTool: boolean;
  readonly branchesOnOutcome: boolean;
  /** A request names a receiver of its own, which must not be replaced. */
  readonly hasOwnReceiver: boolean;
  /** Whether the provider documents that it calls back for requests of this kind. */
  readonly isCalledBack: boolean;
}

/**
 * Parks only where the provider can be expected to reach the execution. A callback that nobody can deliver would let the run
 * sleep until Max Wait; asking costs a worker's attention and nothing else.
 */
export function planCallback(given: CallbackCircumstances): CallbackPlan {
  const { isTool, canPark, branchesOnOutcome, hasOwnReceiver, resumeUrl } = given;
  if (isTool) return poll('An AI agent needs the result within its call.');
  if (!canPark) return poll('This version of n8n cannot park an execution.');
  if (branchesOnOutcome)
    return poll('Branch on Outcome needs several outputs, and a parked execution comes back on one.');
  if (!given.isCalledBack) return poll('The provider documents callbacks for movie scripts, but not for templates.');
  if (hasOwnReceiver) return poll('The request names a callback of its own, which is left as it is.');
  const url = typeof resumeUrl === 'string' && URL.canParse(resumeUrl) ? new URL(resumeUrl) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    return poll('n8n gave no address at which this execution could be resumed.');
  }
  const obstacle = given.evenOnLocalAddress ? undefined : addressObstacle(url, given);
  return obstacle === undefined ? { kind: 'callback', url: url.href } : poll(obstacle);
}

/** Why a provider cannot be expected to call an address; undefined where it can. */
export function addressObstacle(
  url: URL,
  { apiUrl, needsHttps }: Pick<CallbackCircumstances, 'apiUrl' | 'needsHttps'>,
): string | undefined {
  const from = URL.canParse(apiUrl) ? addressReach(new URL(apiUrl)) : 'public';
  // What runs on this machine or in its network (the sandbox, a gateway) reaches what is beside it.
  if (from === 'machine' || (from === 'network' && addressReach(url) !== 'machine')) return undefined;
  if (addressReach(url) !== 'public') {
    return `The provider cannot reach ${url.hostname}: set WEBHOOK_URL of n8n to its public address.`;
  }
  if (needsHttps && url.protocol !== 'https:')
    return 'The provider calls https addresses only, and n8n has an http one.';
  return undefined;
}

function poll(reason: string): CallbackPlan {
  return { kind: 'poll', reason };
}
