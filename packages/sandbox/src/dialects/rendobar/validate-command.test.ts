import { describe, expect, it } from 'vitest';
import { checkCommand } from '../../command/check-command.ts';
import type { Renderer } from '../../engine/renderer.ts';
import { createFakeRenderer } from '../../service/__fixtures__/fake-renderer.ts';
import { validateCommand } from './validate-command.ts';

/** The engine's own check, without an engine. */
const renderer: Renderer = { ...createFakeRenderer(), checkCommand };

describe('the Rendobar validator', () => {
  it.each([
    ['ffmpeg -i in.mp4 out.webm', 'webm'],
    ['-i "my clip.mp4" -vf subtitles=subs.srt out.mp4', 'mp4'],
    ['-i https://example.com/a.mp4 -an o.mkv', 'mkv'],
  ])('takes the names in %s for declared inputs', (command, inferredOutputFormat) => {
    expect(validateCommand(command, renderer)).toMatchObject({ valid: true, inferredOutputFormat });
  });

  it.each([
    '-i /etc/passwd o.mp4',
    '-i ../a.mp4 o.mp4',
    '-i in.mp4 -vf movie=/etc/passwd o.mp4',
    '-i a.mp4 -zzz o.mp4',
    '',
  ])('says what is wrong with %s, and throws nothing', (command) => {
    expect(validateCommand(command, renderer)).toEqual({ valid: false, error: expect.stringMatching(/\w/) });
  });
});
