import { describe, expect, it } from 'vitest';
import { createLogger, faultFields } from './log.ts';

describe('createLogger', () => {
  it('writes one JSON object a line, and nothing below its level', () => {
    const lines: string[] = [];
    const log = createLogger('info', (line) => lines.push(line));
    log.error('broken', { jobId: 'job_rq1' });
    log.info('tool', { code: undefined });
    log.debug('detail');
    expect(lines.every((line) => line.endsWith('\n') && line.indexOf('\n') === line.length - 1)).toBe(true);
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 'error', event: 'broken', jobId: 'job_rq1' },
      { level: 'info', event: 'tool' },
    ]);
  });
});

describe('faultFields', () => {
  it('tells what broke and where, without the folders of this machine', () => {
    const fields = faultFields(new TypeError('x is not a function'));
    expect(fields).toMatchObject({ fault: 'TypeError', message: 'x is not a function' });
    expect(fields.at).toMatch(/log\.test\.ts:\d+/);
    expect(String(fields.at)).not.toContain('/');
  });

  it('says only the type of a thrown value that is no error', () => {
    expect(faultFields('rb_secret')).toEqual({ fault: 'string' });
  });
});
