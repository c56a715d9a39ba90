import { type RenderClient, RenderError } from '@renderq/core';
import { faultRecord } from './fault-record.ts';
import type { JobRecord } from './job-record.ts';
import type { Ledger } from './ledger.ts';
import { toCancelled, toFailed, toLooked, toSubmitting, toWaiting } from './transitions.ts';

export interface SubmitterPorts {
  readonly ledger: Ledger;
  readonly onFault: (fault: unknown, jobId: string) => void;
  /** Called with the record of a job that its provider accepted. */
  readonly onAccepted: (record: JobRecord) => void;
}

/** Sends jobs, each exactly once, and can call a job back as long as it is not on the wire. */
export interface JobSubmitter {
  send(record: JobRecord, client: RenderClient): void;
  /**
   * Calls the job back and resolves when its submit is settled, one way or the other: then the record tells whether
   * the provider has it. A request on the wire is never cut off, because its job might run unseen.
   */
  recall(jobId: string): Promise<void>;
  close(): void;
}

interface Sending {
  readonly controller: AbortController;
  readonly settled: Promise<void>;
  readonly recall: () => void;
}

/** Makes a submitter that has nothing to send yet. */
export function createJobSubmitter({ ledger, onFault, onAccepted }: SubmitterPorts): JobSubmitter {
  const sendings = new Map<string, Sending>();
  let closed = false;

  const isRecall = (fault: unknown, signal: AbortSignal): boolean =>
    signal.aborted && (fault === signal.reason || (RenderError.isInstance(fault) && fault.code === 'CANCELLED'));

  function start(record: JobRecord, client: RenderClient): Sending {
    const { id } = record;
    const controller = new AbortController();
    const { signal } = controller;
    /** On the wire, or an attempt was there whose answer was lost: the provider may have the job. */
    let mayBeSent = false;
    let wasLost = false;
    let recalled = false;

    const recallIfUnsent = (): void => {
      if (recalled && !mayBeSent)
        controller.abort(new RenderError({ code: 'CANCELLED', message: 'Cancelled in time.' }));
    };

    const send = async (): Promise<void> => {
      try {
        const snapshot = await client.submit(record.request, {
          idempotencyKey: record.providerKey,
          ...(record.maxQueueMs === undefined ? {} : { maxQueueMs: record.maxQueueMs }),
          signal,
          onQueued(notice) {
            wasLost ||= notice.reason === 'retry';
            mayBeSent = wasLost;
            if (!closed) ledger.change(id, (current) => toWaiting(current, notice));
            recallIfUnsent();
          },
          onSend() {
            mayBeSent = true;
            if (!closed) ledger.change(id, toSubmitting);
          },
        });
        if (closed) return;
        ledger.change(id, (current) => toLooked(current, snapshot));
        const accepted = await ledger.read(id);
        if (accepted) onAccepted(accepted);
      } catch (fault) {
        if (closed) return;
        if (isRecall(fault, signal)) return ledger.change(id, toCancelled);
        const error = faultRecord(fault);
        if (error.code === 'INTERNAL') onFault(fault, id);
        ledger.change(id, (current) => toFailed(current, error));
      }
    };

    return {
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
    close() {
      closed = true;
      for (const { controller } of sendings.values()) controller.abort();
    },
  };
}
