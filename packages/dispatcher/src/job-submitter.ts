import { type Clock, type ErrorRecord, type RenderClient, RenderError } from '@renderq/core';
import { resultBy } from './deadline.ts';
import { faultRecord } from './fault-record.ts';
import type { JobRecord } from './job-record.ts';
import { JobLost, type Ledger } from './ledger.ts';
import { toAccepted, toCancelled, toFailed, toInDoubt, toLookAt, toSubmitting, toWaiting } from './transitions.ts';

/** A job that could not be marked before it was sent waits this long for its next attempt. */
const STORE_PAUSE_MS = 5_000;
/** What is on the wire when the dispatcher closes is given this long to be answered. */
const LAST_ANSWER_MS = 1_500;

export interface SubmitterPorts {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly onFault: (fault: unknown, jobId: string) => void;
  /** Called with the record of a job that its provider accepted. */
  readonly onAccepted: (record: JobRecord) => void;
}

/** Sends jobs, each exactly once, and can call a job back as long as it is not on the wire. */
export interface JobSubmitter {
  /** Sends a job that is held here, unless it is being sent already. */
  send(record: JobRecord, client: RenderClient): void;
  /**
   * Calls the job back and resolves when its submit is settled, one way or the other: then the record tells whether
   * the provider has it. A request on the wire is never cut off, because its job might run unseen.
   */
  recall(jobId: string): Promise<void>;
  /** Sends the job no more, unless it is on the wire: another process has it. */
  abandon(jobId: string): void;
  /** Sends nothing more; what is on the wire is waited for, for a moment. */
  close(): Promise<void>;
}

/** Core leaves a fault that the provider itself tells of as it is, not to be repeated, where nobody knows what it has done. */
const isUnsettledFault = ({ code, retryable }: ErrorRecord): boolean => code === 'PROVIDER_ERROR' && !retryable;

interface Sending {
  readonly isOnWire: () => boolean;
  readonly controller: AbortController;
  readonly settled: Promise<void>;
  readonly recall: () => void;
}

/** Makes a submitter that has nothing to send yet. */
export function createJobSubmitter({ ledger, clock, onFault, onAccepted }: SubmitterPorts): JobSubmitter {
  const sendings = new Map<string, Sending>();
  let closed = false;

  const isRecall = (fault: unknown, signal: AbortSignal): boolean =>
    signal.aborted && (fault === signal.reason || (RenderError.isInstance(fault) && fault.code === 'CANCELLED'));

  function start(record: JobRecord, client: RenderClient): Sending {
    const { id } = record;
    const controller = new AbortController();
    const { signal } = controller;
    const isKeyed = client.provider.idempotentSubmit;
    /** On the wire, or an attempt was there whose answer was lost: the provider may have the job. */
    let wasLost = record.sentAt !== undefined;
    let mayBeSent = wasLost;
    let isOnWire = false;
    let recalled = false;

    const recallIfUnsent = (): void => {
      if (recalled && !mayBeSent)
        controller.abort(new RenderError({ code: 'CANCELLED', message: 'Cancelled in time.' }));
    };

    async function attempt(): Promise<'again' | undefined> {
      try {
        const snapshot = await client.submit(record.request, {
          idempotencyKey: record.providerKey,
          ...(record.maxQueueMs === undefined ? {} : { maxQueueMs: record.maxQueueMs }),
          // What has gone out before fitted its schema; nothing may keep its repeat from finding its job.
          ...(wasLost ? { checkAgainst: 'none' } : {}),
          signal,
          onQueued(notice) {
            wasLost ||= notice.reason === 'retry';
            mayBeSent = wasLost;
            isOnWire = false;
            ledger.change(id, (current) => toWaiting(current, notice, wasLost && isKeyed));
            recallIfUnsent();
          },
          onSend() {
            if (closed) throw new JobLost('The dispatcher has closed.');
            ledger.mark(id, (current) => toSubmitting(current, clock.now()));
            isOnWire = true;
            mayBeSent = true;
          },
        });
        ledger.change(id, (current) => toAccepted(current, toLookAt(snapshot), clock.now()));
        const accepted = ledger.read(id);
        if (accepted && !closed) onAccepted(accepted);
      } catch (fault) {
        // What was on the wire stays marked so, and is settled by whoever works the account next.
        if (closed || fault instanceof JobLost) return undefined;
        if (isRecall(fault, signal)) ledger.change(id, toCancelled);
        else return fail(fault);
      } finally {
        isOnWire = false;
      }
      return undefined;
    }

    function fail(fault: unknown): 'again' | undefined {
      const error = faultRecord(fault);
      if (error.code === 'INTERNAL') onFault(fault, id);
      if (error.code === 'STORE_UNAVAILABLE') {
        const nextAttemptAt = clock.now() + STORE_PAUSE_MS;
        const queue = { reason: 'retry', attempts: 0, nextAttemptAt, error } as const;
        ledger.change(id, (current) => toWaiting(current, queue, wasLost && isKeyed));
        return 'again';
      }
      ledger.change(id, (current) =>
        current.sentAt !== undefined &&
        (error.code === 'SUBMIT_OUTCOME_UNKNOWN' || (isUnsettledFault(error) && !isKeyed))
          ? toInDoubt(current, error, { sentAt: current.sentAt, lost: 'answer' })
          : toFailed(current, error),
      );
      return undefined;
    }

    const send = async (): Promise<void> => {
      while ((await attempt()) === 'again' && !closed) {
        await clock.sleep(STORE_PAUSE_MS, signal).catch(() => undefined);
        if (signal.aborted && !closed) return ledger.change(id, toCancelled);
      }
    };

    return {
      isOnWire: () => isOnWire,
      controller,
      settled: send(),
      recall() {
        recalled = true;
        recallIfUnsent();
      },
    };
  }

  return {
    send(record, client) {
      if (closed || sendings.has(record.id)) return;
      const sending = start(record, client);
      sendings.set(record.id, sending);
      sending.settled.catch((fault: unknown) => onFault(fault, record.id)).finally(() => sendings.delete(record.id));
    },
    async recall(jobId) {
      const sending = sendings.get(jobId);
      if (!sending) return;
      sending.recall();
      await sending.settled;
    },
    abandon(jobId) {
      const sending = sendings.get(jobId);
      if (sending && !sending.isOnWire()) sending.controller.abort();
    },
    async close() {
      const onWire = [...sendings.values()].filter((sending) => sending.isOnWire());
      closed = true;
      for (const sending of sendings.values()) if (!sending.isOnWire()) sending.controller.abort();
      if (onWire.length === 0) return;
      const answered = Promise.allSettled(onWire.map(({ settled }) => settled));
      await resultBy(clock, clock.now() + LAST_ANSWER_MS, new AbortController().signal, answered);
      for (const { controller } of onWire) controller.abort();
    },
  };
}
