import type { AccountEvent, AccountListener, RenderClient } from '@renderq/core';
import { describe, expect, it, vi } from 'vitest';
import { createBench } from './__fixtures__/test-bench.ts';
import { logAccount } from './account-log.ts';
import { createLogger, type LogLevel } from './log.ts';

const at = Date.UTC(2026, 0, 1);
const LEASED: AccountEvent = { type: 'slot-leased', at, taken: 1, capacity: 5 };
const CLOSED: AccountEvent = { type: 'gate-closed', at, reason: 'spent', until: at + 6_000 };
const DOWN: AccountEvent = { type: 'breaker', at, state: 'open', until: at + 5_000 };
const LOST: AccountEvent = { type: 'submit-settled', at, outcome: 'unknown' };

/** What a log at this level holds after one event of each level. */
function logged(asked: LogLevel): readonly unknown[] {
  const lines: string[] = [];
  let tell: AccountListener = () => expect.unreachable();
  const client = {
    provider: { id: 'phantomflow' },
    subscribe(listener: AccountListener) {
      tell = listener;
      return () => undefined;
    },
  } as unknown as RenderClient;
  logAccount(
    client,
    createLogger(asked, (line) => lines.push(line)),
  );
  for (const event of [LEASED, CLOSED, DOWN, LOST]) tell(event);
  return lines.map((line) => JSON.parse(line));
}

describe('the log of an account', () => {
  it.each<[LogLevel, readonly string[]]>([
    ['debug', ['slot-leased', 'gate-closed', 'breaker', 'submit-settled']],
    ['info', ['gate-closed', 'breaker', 'submit-settled']],
    ['warn', ['breaker', 'submit-settled']],
    ['error', ['submit-settled']],
  ])('at %s holds %j', (level, events) => {
    expect(logged(level)).toMatchObject(events.map((event) => ({ event, provider: 'phantomflow' })));
  });

  it('tells each decision in words and in fields', () => {
    expect(logged('info')[0]).toMatchObject({
      level: 'info',
      event: 'gate-closed',
      message: 'No request passes for 6.0 s: the window is spent.',
      reason: 'spent',
      until: at + 6_000,
    });
  });

  it('is kept from the moment that an account is opened, once, and on stderr alone', async () => {
    const bench = await createBench();
    const stdout = vi.spyOn(process.stdout, 'write');
    try {
      const subscribe = vi.spyOn(bench.phantomflow.client, 'subscribe');
      await bench.call('submit_render', { provider: 'phantomflow', request: { scenes: [] }, maxQueueSeconds: 0 });
      await bench.call('submit_render', { provider: 'phantomflow', request: { scenes: [] }, maxQueueSeconds: 0 });
      expect(subscribe).toHaveBeenCalledOnce();
      subscribe.mock.calls[0]?.[0](CLOSED);
      const lines = bench.logLines.map((line): unknown => JSON.parse(line));
      expect(lines).toContainEqual(expect.objectContaining({ event: 'gate-closed', provider: 'phantomflow' }));
      expect(stdout).not.toHaveBeenCalled();
    } finally {
      stdout.mockRestore();
      await bench.close();
    }
  });
});
