import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLinkSigner } from './signed-links.ts';

describe('signed links', () => {
  it('works until its time and not a millisecond longer', () => {
    const links = createLinkSigner();
    const token = links.sign('job_1/0', 5000);
    expect(links.check('job_1/0', token, 4999)).toBe('valid');
    expect(links.check('job_1/0', token, 5000)).toBe('expired');
  });

  it('speaks for its own file alone, and only where it was signed', () => {
    const links = createLinkSigner();
    const token = links.sign('job_1/0', 5000);
    expect(links.check('job_2/0', token, 0)).toBe('invalid');
    expect(createLinkSigner().check('job_1/0', token, 0)).toBe('invalid');
  });

  it('cannot be given more time', () => {
    const links = createLinkSigner();
    const [, mac] = links.sign('job_1/0', 5000).split('.');
    expect(links.check('job_1/0', `${(9_999_999).toString(36)}.${mac}`, 0)).toBe('invalid');
  });

  it('takes any text for a token without failing', () => {
    const links = createLinkSigner();
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(links.check('job_1/0', text, 0)).toBe('invalid');
      }),
    );
  });
});
