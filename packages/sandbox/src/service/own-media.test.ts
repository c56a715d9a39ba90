import { describe, expect, it } from 'vitest';
import { ownPlace } from './own-media.ts';

const OWN = 'http://127.0.0.1:4020';
const judge = (path: string) => ownPlace(new URL(path, OWN), OWN);

describe('the own origin, to a job', () => {
  it.each([
    '/rendobar/assets/asset_1/content',
    '/rendobar/dl/job_1?token=t',
    '/rendobar/v/job_1/token/out.mp4',
    '/rendobar/v/job_1/token/folder/out%20put.mp4',
    '/rendobar/s/share_1/out.mp4',
    '/phantomflow/output/5d602cf7.mp4',
  ])('is storage at %s', (path) => {
    expect(judge(path)).toBe('media');
  });

  it.each([
    '/',
    '/_sandbox/',
    '/_sandbox/requests',
    '/_sandbox/account?key=rb_sandbox',
    '/_sandbox/page/jobs/job_1/files/0',
    '/rendobar/jobs',
    '/rendobar/jobs/job_1/download',
    '/rendobar/assets/asset_1',
    '/rendobar/assets/x/../../../_sandbox/requests',
    '/rendobar/v/a/b/%2e%2e/%2e%2e/%2e%2e/jobs',
    '/rendobar/v/..\\..\\_sandbox/requests',
    '/phantomflow/api/jobs',
    '/phantomflow/output/a/../../../_sandbox/requests',
  ])('is closed at %s', (path) => {
    expect(judge(path)).toBe('closed');
  });

  it('is one of scheme, host and port', () => {
    for (const url of ['http://127.0.0.1:4021/', 'https://127.0.0.1:4020/rendobar/dl/a', 'http://localhost:4020/']) {
      expect(ownPlace(new URL(url), OWN)).toBeUndefined();
    }
  });
});
