import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertNoLocalCommand, findLocalReferences, pathOf, replaceReferences } from './local-reference.ts';

const fields = (request: unknown) => findLocalReferences(request).map(({ field }) => field);

describe('findLocalReferences', () => {
  it.each([
    [{ inputs: { source: '/media/a.mp4' } }, ['request.inputs.source']],
    [{ inputs: { 'in.mp4': { url: 'file:///a.mp4' } } }, ['request.inputs.in.mp4.url']],
    [
      { inputs: { images: ['/a.png', 'https://x.test/b.png', 'C:\\c.png'] } },
      ['request.inputs.images.0', 'request.inputs.images.2'],
    ],
    [{ inputs: { text: '/a.txt', 'subs.srt': { content: '/not/a/path' } } }, ['request.inputs.text']],
    [{ params: { timeline: [{ src: 'FILE:///a.png' }] } }, ['request.params.timeline.0.src']],
    [
      {
        scenes: [
          {
            elements: [
              { type: 'image', src: '/a.png' },
              { type: 'text', text: '/not a file' },
            ],
          },
        ],
      },
      ['request.scenes.0.elements.0.src'],
    ],
    [{ params: { command: 'file:///a.mp4', prompt: '/imagine', filter: '/x' } }, []],
    [{ inputs: { source: '//cdn.test/a.mp4' } }, []],
    [{ inputs: { source: 'storage://c/a.mp4', job: { job: 'job_1' } } }, []],
    ['/a', []],
    [null, []],
  ])('finds in %j the places %j', (request, expected) => {
    expect(fields(request)).toEqual(expected);
  });

  it('replaces exactly what it found', () => {
    fc.assert(
      fc.property(fc.object({ values: [fc.string(), fc.constant('file:///a.mp4')] }), (request) => {
        const found = findLocalReferences(request);
        const texts = new Map(found.map((reference) => [reference, 'https://there.test/a']));
        const replaced = replaceReferences(request, texts);
        expect(findLocalReferences(replaced)).toEqual([]);
        if (found.length === 0) expect(replaced).toBe(request);
      }),
    );
    const request = { inputs: { a: '/a.mp4', b: ['x', '/b.mp4'] }, type: 'ffmpeg' };
    const [, second] = findLocalReferences(request);
    expect(second && replaceReferences(request, new Map([[second, 'https://b.test']]))).toEqual({
      inputs: { a: '/a.mp4', b: ['x', 'https://b.test'] },
      type: 'ffmpeg',
    });
  });
});

describe('assertNoLocalCommand', () => {
  const refusal = (command: string) => () =>
    assertNoLocalCommand({ type: 'ffmpeg', inputs: { 'a.mp4': '/media/a.mp4' }, params: { command } });

  it.each([
    'ffmpeg -i /media/a.mp4 out.mp4',
    'ffmpeg -y -ss 3 -i  "/media/a b.mp4" out.mp4',
    "ffmpeg\n-i '/media/a.mp4' out.mp4",
    'ffmpeg -i C:\\a.mp4 out.mp4',
    'ffmpeg -i c:/a.mp4 out.mp4',
    'ffmpeg -i \\\\server\\a.mp4 out.mp4',
    'ffmpeg -i FILE:///media/a.mp4 out.mp4',
    'ffmpeg -i a.mp4 -attach "file:/etc/passwd" out.mkv',
    '-i /media/a.mp4 out.mp4',
  ])('refuses %s', (command) => {
    expect(refusal(command)).toThrow('request.params.command reads a file of this machine');
  });

  it.each([
    'ffmpeg -i a.mp4 out.mp4',
    'ffmpeg -i https://x.test/a.mp4 out.mp4',
    'ffmpeg -i //cdn.test/a.mp4 out.mp4',
    'ffmpeg -i a.mp4 -vf scale=iw/2:-1 out.mp4',
    "ffmpeg -i a.mp4 -vf drawtext=text='profile: /x' out.mp4",
    'ffmpeg -f lavfi -i testsrc=duration=1 out.mp4',
  ])('lets %s through', (command) => {
    expect(refusal(command)).not.toThrow();
  });
});

describe('pathOf', () => {
  it('reads file URLs and leaves paths alone', () => {
    expect(pathOf('file:///a%20b.mp4', 'x')).toBe('/a b.mp4');
    expect(pathOf('/a%20b.mp4', 'x')).toBe('/a%20b.mp4');
  });

  it.each(['file://server/a.mp4', 'file:', 'file:///a%2Fb'])('refuses %s', (text) => {
    if (text === 'file:') expect(pathOf(text, 'x')).toBe('/');
    else expect(() => pathOf(text, 'request.inputs.x')).toThrow(/request.inputs.x is no file URL/);
  });
});
