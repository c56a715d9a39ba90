import { afterEach, beforeEach, expect } from 'vitest';
import { type CallOptions, createHarness, type Harness } from '../../../service/__fixtures__/harness.ts';

/** A fresh sandbox for every test of the file, and the calls that most of them begin with. */
export function stageRendobar() {
  let harness: Harness;
  beforeEach(async () => {
    harness = await createHarness();
  });
  afterEach(() => harness.close());

  const call = (path: string, options?: CallOptions) => harness.rendobar(path, options);
  const body = (extra: object = {}, params: object = {}) => ({
    type: 'ffmpeg',
    params: { command: 'ffmpeg -i in.mp4 out.mp4', ...params },
    ...extra,
  });
  return {
    get harness() {
      return harness;
    },
    call,
    body,
    /** Submits a job that is accepted; gives its id. */
    async submit(extra: object = {}, key?: string): Promise<string> {
      const answer = await call('/jobs', { body: body(extra), ...(key === undefined ? {} : { key }) });
      expect(answer.status).toBe(201);
      return answer.json.data.id;
    },
    read: async (id: string) => (await call(`/jobs/${id}`)).json.data,
  };
}
