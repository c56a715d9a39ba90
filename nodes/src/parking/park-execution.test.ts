import type { INodeExecutionData } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import { toData } from '../items/to-data.ts';
import { parkExecution } from './park-execution.ts';
import { timeoutError } from './parked-items.ts';

const UNTIL = Date.UTC(2026, 0, 1, 12);

describe('parking an execution', () => {
  it('puts what must survive into the stored items before it sleeps, and gives another list', async () => {
    const input: INodeExecutionData[] = [
      { json: { row: 1 }, binary: { film: { data: '', mimeType: 'video/mp4' } } },
      { json: { row: 2 } },
    ];
    const timeout = toData({ error: timeoutError('rendobar', 'job_b', 60_000) });
    const stored = [{ jobId: 'job_a', state: 'succeeded' }, timeout];
    let atSleep: unknown;
    const outcomes = await parkExecution(
      {
        getInputData: () => input,
        getExecuteData: () => ({ data: { main: [input] } }),
        async putExecutionToWait(until) {
          atSleep = { until, input: structuredClone(input) };
        },
      },
      { stored, until: UNTIL },
    );
    expect(atSleep).toEqual({ until: new Date(UNTIL), input: stored.map((json) => ({ json })) });
    expect(outcomes).toEqual([
      { index: 0, made: [] },
      { index: 1, made: [{ json: { jobId: 'job_b', parked: true, until: '2026-01-01T12:00:00.000Z' } }] },
    ]);
  });

  it('stores nothing of the items that a node with Execute Once was not given', async () => {
    const whole: INodeExecutionData[] = [{ json: { row: 1 } }, { json: { row: 2 } }, { json: { row: 3 } }];
    const timeout = toData({ error: timeoutError('rendobar', 'job_a', 60_000) });
    let atSleep: unknown;
    await parkExecution(
      {
        getInputData: () => whole.slice(0, 1),
        getExecuteData: () => ({ data: { main: [whole] } }),
        async putExecutionToWait() {
          atSleep = structuredClone(whole);
        },
      },
      { stored: [timeout], until: UNTIL },
    );
    expect(atSleep).toEqual([{ json: timeout }]);
  });
});
