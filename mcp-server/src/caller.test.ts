import { describe, expect, it } from 'vitest';
import { httpCaller, LOCAL_CALLER } from './caller.ts';

describe('httpCaller', () => {
  it('shares the jobs of stdio where no token says who calls, and never the files', () => {
    expect(httpCaller()).toEqual({ principal: LOCAL_CALLER.principal, isLocal: false });
    expect(httpCaller('ann')).toEqual({ principal: 'ann', isLocal: false });
    // A name is what an operator chose, and gives no more than a name.
    expect(httpCaller('local').isLocal).toBe(false);
  });
});
