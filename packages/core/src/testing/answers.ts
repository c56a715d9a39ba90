import type { Answer, Fault, Handler } from './scripted-transport.ts';

/** PhantomFlow's answer to a submit. */
export const accepted: Answer = { status: 202, body: { job_id: 'pf-1', status: 'queued', estimated_credits: 4 } };
/** Rendobar's answer to a submit. */
export const created: Answer = { status: 201, body: { data: { id: 'job_1', status: 'waiting' } } };
/** Rendobar's answer to a look at a job that is running. */
export const running: Answer = { body: { data: { id: 'job_1', status: 'running' } } };
/** Rendobar's answer to a look at a job that has succeeded. */
export const rendered: Answer = {
  body: { data: { id: 'job_1', status: 'complete', output: { file: { url: 'https://cdn.example/o.mp4' } } } },
};

/** Answers in turn; the last one for ever. */
export function inTurn(...answers: readonly (Answer | Fault)[]): () => Handler {
  return () => (_request, index) => answers[Math.min(index, answers.length - 1)] ?? { status: 500 };
}
