import { TERMINAL_STATES } from '../contract/job.ts';
import type { AccountMemory, AccountRecovery, LostSubmit, Settlement } from '../contract/recovery.ts';
import { RenderError } from '../errors/render-error.ts';
import type { Account } from './account.ts';
import { settleSubmit } from './settle-submit.ts';

/** A process has ended, or lost its account, with a submit on the wire: as good as a broken connection. */
const lostAnswer = (provider: string): RenderError =>
  new RenderError({ code: 'NETWORK', message: 'The process ended before the answer came.', provider });

/** How a process carries on with an account that another process worked before it. */
export function recoverAccount(account: Account): AccountRecovery {
  const { settling, slots, desk, events, gate, provider } = account;
  const { book } = settling;

  function adopt({ jobIds, openJobs, evidence }: AccountMemory): void {
    gate.inherit();
    const open = new Set(openJobs.map(({ id }) => id));
    const ended = new Set(jobIds.filter((id) => !open.has(id)));
    for (const id of slots.heldJobs()) if (ended.has(id)) slots.ended(id);
    book.remember(jobIds, evidence ?? {});
    for (const { id, acceptedAt } of openJobs) {
      book.remembered(id, acceptedAt);
      slots.take().bind(id);
    }
  }

  async function settle({ sentAt, rivals, signal }: LostSubmit): Promise<Settlement> {
    const error = lostAnswer(provider.id);
    events.emit({ type: 'submit-in-doubt', error: error.record });
    const release = account.holdForDoubt();
    let settlement: Settlement | undefined;
    try {
      settlement = await settleSubmit(
        { ...settling, othersOnWire: () => desk.onWire() > 0 },
        {
          error,
          sentAt,
          rivals,
          lostAt: sentAt,
          isDefinite: false,
          wasSilent: false,
          timeoutMs: account.timeoutMs(),
          signal,
          // The counts of the process that sent it are gone with it.
          arrival: () => undefined,
        },
      );
      if (settlement.outcome === 'found') {
        book.own(settlement.job.id);
        if (!TERMINAL_STATES.has(settlement.job.state)) slots.take().bind(settlement.job.id);
      }
      if (settlement.outcome === 'absent') book.absent(sentAt);
      if (settlement.outcome === 'unknown') book.unsettled(sentAt);
      return settlement;
    } finally {
      release();
      const jobId = settlement?.outcome === 'found' ? { jobId: settlement.job.id } : {};
      events.emit({ type: 'submit-settled', outcome: settlement?.outcome ?? 'unknown', ...jobId });
      desk.poke();
    }
  }

  return {
    adopt,
    evidence() {
      const othersSeenAt = settling.othersSeenAt();
      return { ...book.evidence(), ...(Number.isFinite(othersSeenAt) && { othersSeenAt }) };
    },
    settle,
  };
}
