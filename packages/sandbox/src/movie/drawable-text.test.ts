import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawableText } from './drawable-text.ts';

describe('drawableText', () => {
  it('leaves control characters out and counts them, and keeps tabs and line breaks', () => {
    expect(drawableText('\u0000a\u0007\tb\r\nc\u001b[1m\u007f\u0085')).toEqual({ text: 'a\tb\r\nc[1m', leftOut: 5 });
  });

  it('shows half of a surrogate pair as unreadable and keeps whole ones', () => {
    expect(drawableText('a\ud83c 🎉')).toEqual({ text: 'a\ufffd 🎉', leftOut: 0 });
  });

  it('changes nothing when it is applied again, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (written) => {
        const { text } = drawableText(written);
        expect(drawableText(text)).toEqual({ text, leftOut: 0 });
      }),
    );
  });
});
