import { describe, expect, it } from 'vitest';
import { liveMode, liveTarget } from './live-target.ts';

describe('a real account', () => {
  it('is never called because of a key alone', () => {
    expect(liveTarget('rendobar', { RENDOBAR_API_KEY: 'rb_x' })).toContain('RENDERQ_CONTRACT_LIVE');
    expect(liveTarget('phantomflow', { PHANTOMFLOW_API_KEY: 've_live_x', RENDERQ_CONTRACT_LIVE: '1' })).toBeTypeOf(
      'string',
    );
  });

  it('is called when it is asked for and has a key, and for money only by the word paid', () => {
    const env = { RENDOBAR_API_KEY: 'rb_x', RENDERQ_CONTRACT_LIVE: 'free' };
    expect(liveTarget('rendobar', env)).toHaveProperty('call');
    expect(liveTarget('phantomflow', env)).toBe('PHANTOMFLOW_API_KEY is not set');
    expect([liveMode({}), liveMode(env), liveMode({ RENDERQ_CONTRACT_LIVE: 'paid' })]).toEqual(['off', 'free', 'paid']);
  });
});
