import { type JobSnapshot, RenderError } from '@renderq/core';
import { describe, expect, it } from 'vitest';
import { toLookAt } from './transitions.ts';

const ANSWER = { provider: 'fake', id: 'remote-1', providerState: 'done' } as const;
const OUTPUT = { url: 'https://cdn.test/a.mp4', files: [] };
const ERROR = new RenderError({ code: 'RENDER_FAILED', message: 'No such filter.' }).record;

describe('a submit that is answered with a job which has ended', () => {
  it.each<[string, Pick<JobSnapshot, 'state' | 'output' | 'error'>]>([
    ['it succeeded, with its output', { state: 'succeeded', output: OUTPUT }],
    ['it failed, with its reason', { state: 'failed', error: ERROR }],
    ['it was cancelled', { state: 'cancelled' }],
    ['it runs', { state: 'running' }],
  ])('is taken at its word where it tells all of it: %s', (_what, told) => {
    expect(toLookAt({ ...ANSWER, ...told })).toEqual({ ...ANSWER, ...told });
  });

  it.each(['succeeded', 'failed'] as const)('has its job looked at where it says no more than: %s', (state) => {
    const answer = { ...ANSWER, state, replayed: true };
    expect(toLookAt(answer)).toEqual({ ...answer, state: 'running' });
  });
});
