import { expect, it } from 'vitest';
import { newJobId } from './job-id.ts';

it('makes ids that are safe in a URL, of one length and all different', () => {
  const ids = Array.from({ length: 1000 }, newJobId);
  for (const id of ids) expect(id).toMatch(/^job_rq[0-9a-hjkmnp-tv-z]{20}$/);
  expect(new Set(ids).size).toBe(ids.length);
});
