import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startDeadline, toRenderFault } from './render-deadline.ts';
import { RenderFault } from './renderer.ts';

describe('startDeadline', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('strikes with a timeout when the clock runs out, and not before', () => {
    const deadline = startDeadline(new AbortController().signal, 5_000);
    vi.advanceTimersByTime(4_999);
    expect(deadline.signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(deadline.signal.reason).toMatchObject({ kind: 'timeout', message: expect.stringContaining('5 s') });
  });

  it('strikes with a cancellation when the caller aborts, also before the start', () => {
    const caller = new AbortController();
    const deadline = startDeadline(caller.signal, 5_000);
    caller.abort();
    expect(deadline.signal.reason).toMatchObject({ kind: 'cancelled' });
    expect(startDeadline(caller.signal, 5_000).signal.reason).toMatchObject({ kind: 'cancelled' });
  });

  it('does nothing after its release', () => {
    const caller = new AbortController();
    const deadline = startDeadline(caller.signal, 5_000);
    deadline.release();
    caller.abort();
    vi.advanceTimersByTime(10_000);
    expect(deadline.signal.aborted).toBe(false);
  });
});

describe('toRenderFault', () => {
  it('lets an abort explain every later error', () => {
    const fault = new RenderFault('timeout', 'late');
    expect(toRenderFault(new Error('EPIPE'), AbortSignal.abort(fault))).toBe(fault);
  });

  it('keeps faults and wraps anything else', () => {
    const signal = new AbortController().signal;
    const fault = new RenderFault('source-blocked', 'no');
    expect(toRenderFault(fault, signal)).toBe(fault);
    expect(toRenderFault(new TypeError('x'), signal)).toMatchObject({ kind: 'failed', detail: 'x' });
  });
});
