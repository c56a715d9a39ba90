import { describe, expect, it } from 'vitest';
import { parseConcatList, writeConcatList } from './concat-list.ts';

const isInput = (name: string) => ['a b.mp4', 'c.mp4', "it's.mp4"].includes(name);

describe('parseConcatList', () => {
  it('reads quoted and escaped names, settings and comments, and writes local names', () => {
    const lines = parseConcatList(
      "ffconcat version 1.0\n# c\nfile 'a b.mp4'\r\nduration 2.5\nfile c.mp4\nfile it\\'s.mp4\n",
      isInput,
    );
    expect(writeConcatList(lines, (name) => `in${['a b.mp4', 'c.mp4', "it's.mp4"].indexOf(name)}`)).toBe(
      'file in0\nduration 2.5\nfile in1\nfile in2',
    );
  });

  it.each([
    ["file '/etc/passwd'", /not declared/],
    ['file other.mp4', /not declared/],
    ['file c.mp4\noption protocol_whitelist file,http', /not allowed/],
    ['file c.mp4\nstream\nexact_stream_id 1', /not allowed/],
    ['# nothing', /names no file/],
  ])('refuses %j', (text, message) => {
    expect(() => parseConcatList(text, isInput)).toThrow(message);
  });

  it.each(['TOP-SECRET', 'file TOP-SECRET', "file c.mp4\nfile 'TOP-SECRET'", 'file c.mp4\nTOP-SECRET'])(
    'names the line and never what stands in it: %j',
    (text) => {
      const line = text.split('\n').length;
      const words = new RegExp(`^Line ${line} of the concat list (?!.*TOP-SECRET)`);
      expect(() => parseConcatList(text, isInput)).toThrow(words);
    },
  );
});
