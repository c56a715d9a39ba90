import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHarness, type Harness } from '../service/__fixtures__/harness.ts';

let harness: Harness;
beforeAll(async () => {
  const limits = { requestsPerMinute: 1e9, concurrentJobs: 0, queuedJobs: 0 };
  harness = await createHarness({ limits: { rendobar: limits, phantomflow: limits } });
});
afterAll(() => harness.close());

/** Bodies that resemble the real ones, with anything in any of their places. */
const like = (...names: readonly string[]) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.dictionary(fc.constantFrom(...names), fc.jsonValue({ maxDepth: 3 })) },
    { weight: 1, arbitrary: fc.jsonValue() },
    { weight: 1, arbitrary: fc.string() },
  );

const ROUTES = [
  ['rendobar', 'POST', '/jobs', like('type', 'inputs', 'params', 'idempotencyKey', 'callback', 'destinations')],
  ['rendobar', 'POST', '/ffmpeg/validate', like('command')],
  ['rendobar', 'POST', '/assets', like('filename', 'size', 'contentType', 'lifecycle', 'checksum')],
  ['rendobar', 'POST', '/assets/asset_1/complete', like('parts')],
  ['rendobar', 'POST', '/webhooks/endpoints', like('name', 'url', 'subscribedEvents')],
  ['phantomflow', 'POST', '/api/render', like('width', 'height', 'fps', 'quality', 'scenes', 'webhook_uri', 'exports')],
  ['phantomflow', 'POST', '/api/render/template', like('template_id', 'variables', 'webhook_uri')],
  ['phantomflow', 'POST', '/api/templates', like('name', 'script', 'is_public', 'description')],
] as const;

describe('any body at all', () => {
  it.each(ROUTES)(
    'sent to %s %s %s is answered in the vendor’s shape, and is no defect of the sandbox',
    async (vendor, method, path, bodies) => {
      await fc.assert(
        fc.asyncProperty(bodies, async (body) => {
          const { status, json } = await harness[vendor](path, { method, body });
          expect([200, 201, 202, 400, 403, 404, 409, 413, 429, 501]).toContain(status);
          if (status >= 400) expect(Object.keys(json)).toEqual(['error']);
        }),
        { numRuns: 60 },
      );
      expect(harness.service.defects).toEqual([]);
    },
  );

  it('sent to the control plane is carried out or refused with a reason', async () => {
    const bodies = like('key', 'credits', 'plan', 'limits', 'match', 'do', 'sequence', 'times', 'advanceMs', 'account');
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('/faults', '/clock', '/reset', '/account'), bodies, async (path, body) => {
        const { status, json } = await harness.control(path, { method: path === '/account' ? 'PUT' : 'POST', body });
        expect(status).toBeLessThan(500);
        if (status >= 400) expect(json.error.message).toMatch(/\w/);
      }),
      { numRuns: 100 },
    );
    expect(harness.service.defects).toEqual([]);
  });
});
