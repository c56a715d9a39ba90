import { RenderError } from '@renderq/core';
import { expect, it } from 'vitest';
import { createSubmittedJobs } from './submitted-jobs.ts';

it('remembers the newest submits, and what nobody can tell', () => {
  const submitted = createSubmittedJobs(2);
  const doubt = new RenderError({ code: 'SUBMIT_OUTCOME_UNKNOWN', message: 'lost' });
  submitted.remember('a', { jobId: 'pf-1' });
  submitted.remember('b', { doubt });
  submitted.remember('a', { jobId: 'pf-2' });
  submitted.remember('c', { jobId: 'pf-3' });
  expect(['a', 'b', 'c'].map(submitted.recall)).toEqual([{ jobId: 'pf-2' }, undefined, { jobId: 'pf-3' }]);
  submitted.remember('b', { doubt });
  expect(submitted.recall('b')).toEqual({ doubt });
});
