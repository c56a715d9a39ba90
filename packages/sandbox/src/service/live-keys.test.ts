import { describe, expect, it } from 'vitest';
import { findLiveKeys } from './live-keys.ts';

describe('live keys in the environment', () => {
  it.each([
    [{ RENDOBAR_API_KEY: 'rb_9f31' }, ['RENDOBAR_API_KEY']],
    [{ PHANTOMFLOW_API_KEY: 've_live_x' }, ['PHANTOMFLOW_API_KEY']],
    [{ RENDOBAR_API_KEY: 'rb_1', PHANTOMFLOW_API_KEY: 've_live_x' }, ['RENDOBAR_API_KEY', 'PHANTOMFLOW_API_KEY']],
    [{ RENDOBAR_API_KEY: 'rb_sandbox_pro', PHANTOMFLOW_API_KEY: 've_test_x' }, []],
    [{ RENDOBAR_API_KEY: ' rb_9f31\n' }, ['RENDOBAR_API_KEY']],
    [{ RENDOBAR_API_KEY: 'Bearer rb_9f31' }, ['RENDOBAR_API_KEY']],
    [{ PHANTOMFLOW_API_KEY: '\tbearer  ve_live_x' }, ['PHANTOMFLOW_API_KEY']],
    [{ RENDOBAR_API_KEY: 'Bearer rb_sandbox' }, []],
    [{}, []],
  ])('names the variables that hold one: %j', (env, expected) => {
    expect(findLiveKeys(env)).toEqual(expected);
  });
});
