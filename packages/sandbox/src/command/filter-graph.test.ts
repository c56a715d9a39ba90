import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeOptionValue } from './filter-fonts.ts';
import { appendOption, parseFilterGraph, parseOptions } from './filter-graph.ts';

const names = (graph: string) => parseFilterGraph(graph).map(({ name }) => name);

describe('parseFilterGraph', () => {
  it.each([
    ['scale=1280:720', ['scale']],
    [
      'fps=10,scale=480:-1:flags=lanczos,split[a][b];[a]palettegen[p];[b][p]paletteuse',
      ['fps', 'scale', 'split', 'palettegen', 'paletteuse'],
    ],
    ['sws_flags=bicubic;null', ['null']],
    [' [0:v] null [out] ', ['null']],
    ['null,', ['null']],
    ['hflip@left=1', ['hflip']],
    ["nu'll'", ['null']],
    ['n\\ull ,\tvflip', ['null', 'vflip']],
    ["drawtext=text='a,b;c[d]',null", ['drawtext', 'null']],
    ["select='eq(pict_type\\,I)',null", ['select', 'null']],
  ])('reads %j', (graph, expected) => {
    expect(names(graph)).toEqual(expected);
  });

  it('unescapes option values on both levels', () => {
    expect(parseFilterGraph(String.raw`drawtext=text='5\:00':x=(w-text_w)/2`)[0]?.options).toEqual([
      { key: 'text', value: '5:00' },
      { key: 'x', value: '(w-text_w)/2' },
    ]);
    expect(parseFilterGraph('scale=w=iw\\*2:-2')[0]?.options).toEqual([
      { key: 'w', value: 'iw*2' },
      { key: undefined, value: '-2' },
    ]);
  });

  it('takes keys as FFmpeg does, with blanks before the sign and a slash for options read from files', () => {
    expect(parseOptions(' textfile =x:/text=y')).toEqual([
      { key: 'textfile', value: 'x' },
      { key: '/text', value: 'y' },
    ]);
  });

  it.each(['', ',', '[a', 'null;;null', 'null=1]', "drawtext=text='open", 'sws_flags=x', 'null,'.repeat(201)])(
    'refuses %j',
    (graph) => {
      expect(() => parseFilterGraph(graph)).toThrow(/filter graph/);
    },
  );

  it('sees through any quoting of a name', () => {
    const disguise = (text: string, choices: readonly number[]) =>
      [...text].map((char, index) => [char, `\\${char}`, `'${char}'`, `''${char}`][(choices[index] ?? 0) % 4]).join('');
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z][a-z0-9_]{1,12}$/),
        fc.array(fc.nat(3), { minLength: 13 }),
        (name, choices) => {
          expect(names(`null,${disguise(name, choices)}=1:2,null`)).toEqual(['null', name, 'null']);
        },
      ),
    );
  });

  it('never loses a filter or invents one, whatever stands inside quotes', () => {
    const inside = fc.string().map((text) => text.replaceAll("'", ''));
    fc.assert(
      fc.property(fc.array(inside, { minLength: 1, maxLength: 5 }), (texts) => {
        const graph = texts.map((text) => `metadata=value='${text}'`).join(',');
        expect(names(graph)).toHaveLength(texts.length);
      }),
    );
  });
});

describe('appendOption', () => {
  it('adds an option to a filter with and without arguments', () => {
    const graph = '[0]null[a];[a]scale=1:2[b]';
    const [first, second] = parseFilterGraph(graph);
    expect(first && appendOption(graph, first, 'x=1')).toBe('[0]null=x=1[a];[a]scale=1:2[b]');
    expect(second && appendOption(graph, second, 'x=1')).toBe('[0]null[a];[a]scale=1:2:x=1[b]');
  });

  it('carries any escaped value through both levels unchanged', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii', minLength: 1 }), (value) => {
        const graph = 'subtitles=a.srt,null';
        const [filter] = parseFilterGraph(graph);
        if (filter === undefined) throw new Error('unreachable');
        // Blanks at the edges are FFmpeg's to drop.
        const text = value.trim();
        const written = parseFilterGraph(appendOption(graph, filter, `force_style=${escapeOptionValue(text)}`));
        expect(written[0]?.options.at(-1)).toEqual({ key: 'force_style', value: text });
        expect(written[1]?.name).toBe('null');
      }),
    );
  });
});
