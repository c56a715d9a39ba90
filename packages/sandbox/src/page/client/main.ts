import { accountsView } from './accounts-view.ts';
import { clockView } from './clock-view.ts';
import { faultForm } from './fault-form.ts';
import { faultsView } from './faults-view.ts';
import { jobsView } from './jobs-view.ts';
import type { PageState } from './page-state.ts';
import { requestsView } from './requests-view.ts';
import { resetDialog } from './reset-dialog.ts';
import { createStateReader, readAbout } from './service-calls.ts';
import { statusLine } from './status-line.ts';
import { showTrouble } from './trouble.ts';

const BUSY_MS = 400;
const IDLE_MS = 1000;
const LOST_MS = 2000;
const LOST = 'The sandbox does not answer. What you see is what it said last; this page keeps trying.';

const sleep = (ms: number) => new Promise<void>((wake) => setTimeout(wake, ms));

/** Asks until the sandbox answers: the page may be opened before it is up, and outlives a restart. */
async function untilAnswered<Answer>(ask: () => Promise<Answer>, onLost?: () => void): Promise<Answer> {
  for (let isLost = false; ; isLost = true) {
    try {
      const answer = await ask();
      if (isLost) showTrouble('');
      return answer;
    } catch {
      showTrouble(LOST);
      onLost?.();
      await sleep(LOST_MS);
    }
  }
}

/** A hidden page asks nothing until somebody looks again. */
function whenVisible(): Promise<void> {
  if (!document.hidden) return Promise.resolve();
  return new Promise((wake) => document.addEventListener('visibilitychange', () => wake(), { once: true }));
}

function isBusy({ jobs }: PageState): boolean {
  return jobs.shown.some(({ completedAt }) => completedAt === undefined);
}

async function run(): Promise<void> {
  const about = await untilAnswered(readAbout);
  const read = createStateReader();
  const status = statusLine(about);
  const look = async () => render(await read());
  const clock = clockView(look);
  const views: readonly ((state: PageState, now: number) => void)[] = [
    (state, now) => clock(state.aheadMs, now),
    accountsView(about),
    jobsView(about),
    faultsView(look),
    requestsView(about, look),
  ];
  faultForm(about, look);
  resetDialog(look);

  function render(state: PageState): void {
    const now = Date.now() + state.aheadMs;
    for (const view of views) view(state, now);
    status.live(state);
  }

  for (;;) {
    await whenVisible();
    const state = await untilAnswered(read, status.lost);
    render(state);
    await sleep(isBusy(state) ? BUSY_MS : IDLE_MS);
  }
}

run().catch((error: unknown) => {
  showTrouble('This page has a defect and has stopped; the sandbox has not. Reload to go on.');
  throw error;
});
