import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RenderTask } from '../service/job.ts';
import { describeTask, withoutUrlSecrets } from './describe-task.ts';

const command = (text: string): RenderTask => ({ kind: 'command', command: { command: text, inputs: {} } });
const movie = (script: object): RenderTask => ({ kind: 'movie', movie: script as Readonly<Record<string, unknown>> });

describe('a job in one line', () => {
  it('is its command, without the word that every command starts with', () => {
    expect(describeTask(command('ffmpeg -i a.mp4\n  b.webm')).title).toBe('-i a.mp4 b.webm');
  });

  it.each([
    [{ name: 'Autumn', scenes: [{ elements: [{ type: 'text', text: 'Sale' }] }] }, 'Autumn'],
    [{ scenes: [{ elements: [{ type: 'image' }] }, { elements: [{ type: 'text', text: ' Sale ' }] }] }, 'Sale'],
    [{ scenes: [{ duration: 1 }] }, 'Movie without words'],
    [{ scenes: [null, { elements: ['odd', null, { text: 7 }] }], name: 3 }, 'Movie without words'],
  ])('is the name of the movie %j, or its first words', (script, title) => {
    expect(describeTask(movie(script)).title).toBe(title);
  });

  it('tells the size and length of a movie, with the defaults of the schema where it says nothing', () => {
    const script = { width: 640, height: 360, scenes: [{ duration: 1.25 }, {}] };
    expect(describeTask(movie(script)).measure).toBe('640 × 360, 2 scenes, 6.3 s');
    expect(describeTask(movie({ scenes: [{}] })).measure).toBe('1920 × 1080, 1 scene, 5 s');
  });

  it('is bounded, however long the request was', () => {
    const { title } = describeTask(command(`-i ${'a'.repeat(5000)}`));
    expect(title).toHaveLength(240);
    expect(title.endsWith('…')).toBe(true);
  });
});

describe('a URL on the page', () => {
  it('keeps its place and loses its signature and its password', () => {
    const text = `-i 'https://user:pass@cdn.test/a/b.mp4?X-Amz-Signature=abc#t' -i s3://bucket/key?sig=1 out.mp4`;
    expect(withoutUrlSecrets(text)).toBe(`-i 'https://cdn.test/a/b.mp4?…' -i s3://bucket/key?… out.mp4`);
  });

  it('never shows what stood in its query or its credentials, wherever it stands', () => {
    const secret = fc.stringMatching(/^[A-Z]{8,20}$/);
    const around = fc.stringMatching(/^[a-z '"=-]{0,12}$/);
    fc.assert(
      fc.property(
        secret,
        around,
        around,
        fc.constantFrom('https', 'HTTP', 'ftp', 's3'),
        (word, before, after, scheme) => {
          const shown = withoutUrlSecrets(
            `${before} ${scheme}://u:${word}@h.test/p?k=${word}&l=${word}#${word} ${after}`,
          );
          expect(shown).not.toContain(word);
          expect(shown).toContain('h.test/p');
        },
      ),
    );
  });

  it('is looked for in time that grows with the text alone', () => {
    const started = performance.now();
    withoutUrlSecrets('a.'.repeat(200_000));
    // Quadratic search takes half a minute and more here.
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('is the same when it is cleaned twice', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (url) => {
        const once = withoutUrlSecrets(url);
        expect(withoutUrlSecrets(once)).toBe(once);
      }),
      { numRuns: 30 },
    );
  });
});
