import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readText } from './read-element.ts';
import { cueElements, parseCues } from './subtitle-cues.ts';

describe('parseCues', () => {
  it('reads SRT with tags, positions, several lines and either line end', () => {
    const file =
      '\ufeff1\r\n00:00:01,500 --> 00:00:03,000\r\n{\\an8}<i>First</i> line\r\nsecond line\r\n\r\n2\r\n01:02:03,004 --> 01:02:04,000\r\n<font color="#fff">a</font> < b\r\n';
    expect(parseCues(file)).toEqual([
      { start: 1.5, end: 3, text: 'First line\nsecond line' },
      { start: 3723.004, end: 3724, text: 'a < b' },
    ]);
  });

  it('reads WebVTT with header, notes, styles, names, settings and entities', () => {
    const file =
      'WEBVTT - title\n\nNOTE a comment\n\nSTYLE\n::cue { color: red }\n\nintro\n00:01.000 --> 00:02.500 line:0 align:start\n<v Ann>Fish &amp; &lt;chips&gt;</v>\n\n00:03.000 --> 00:04.000\n\n';
    expect(parseCues(file)).toEqual([{ start: 1, end: 2.5, text: 'Fish & <chips>' }]);
  });

  it('gives back what was written, whatever the times', () => {
    const stamp = (ms: number) => new Date(ms).toISOString().slice(11, 23);
    const cue = fc.record({
      start: fc.nat(80_000_000),
      length: fc.integer({ min: 1, max: 60_000 }),
      text: fc.stringMatching(/^[\p{L}\p{N}][\p{L}\p{N} .,!?]{0,30}[\p{L}\p{N}]$/u),
    });
    fc.assert(
      fc.property(fc.array(cue, { maxLength: 8 }), fc.constantFrom('\n', '\r\n'), (cues, end) => {
        const blocks = cues.map(
          ({ start, length, text }, index) =>
            `${index + 1}${end}${stamp(start)} --> ${stamp(start + length)}${end}${text}`,
        );
        const parsed = parseCues(blocks.join(end + end));
        expect(parsed.map(({ text }) => text)).toEqual(cues.map(({ text }) => text));
        expect(parsed.map(({ start }) => Math.round(start * 1000))).toEqual(cues.map(({ start }) => start));
      }),
    );
  });
});

describe('cueElements', () => {
  const style = readText({ color: '#ff0000' }, 'subtitles', []);

  it('sorts cues, lets the later one replace the earlier, and tells of cues that end before they begin', () => {
    const warnings: string[] = [];
    const elements = cueElements(
      [
        { start: 4, end: 6, text: 'b' },
        { start: 1, end: 5, text: 'a\u0007' },
        { start: 7, end: 7, text: 'never' },
      ],
      style,
      warnings,
    );
    expect(elements).toMatchObject([
      { text: 'a', start: 1, end: 4, color: '#ff0000', path: 'subtitles/cues/1' },
      { text: 'b', start: 4, end: 6 },
    ]);
    expect(warnings).toEqual([expect.stringMatching(/^subtitles\/cues\/2: .*not shown/)]);
  });
});
