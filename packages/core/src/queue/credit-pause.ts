import type { RenderError } from '../errors/render-error.ts';
import type { Clock } from '../ports/clock.ts';

const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * The rest of an account's submits after a refusal for want of credits. What waits in line would be refused like the one
 * before it; after a rest one of them finds out whether somebody has topped up.
 */
export interface CreditPause {
  /** The refusal that holds submits back, and until when; undefined while they may go. */
  current(): { readonly until: number; readonly error: RenderError } | undefined;
  /** The last refusal, until a submit has been accepted again: meanwhile one goes at a time. */
  lastRefusal(): RenderError | undefined;
  /** A submit was refused for want of credits. Gives the Unix milliseconds until which the others rest. */
  refused(error: RenderError): number;
  /** A submit was accepted: there are credits again. */
  accepted(): void;
}

export function createCreditPause(clock: Clock): CreditPause {
  let refusals = 0;
  let pause: { until: number; error: RenderError } | undefined;
  return {
    current: () => (pause !== undefined && pause.until > clock.now() ? pause : undefined),
    lastRefusal: () => pause?.error,
    refused(error) {
      // Those that were on the wire together, and a caller who asks during the rest, add nothing.
      if (pause !== undefined && pause.until > clock.now()) {
        pause = { until: pause.until, error };
        return pause.until;
      }
      refusals += 1;
      const rest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (refusals - 1));
      pause = { until: clock.now() + rest, error };
      return pause.until;
    },
    accepted() {
      refusals = 0;
      pause = undefined;
    },
  };
}
