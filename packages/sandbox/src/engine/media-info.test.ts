import { describe, expect, it } from 'vitest';
import { parseMediaInfo } from './media-info.ts';

describe('parseMediaInfo', () => {
  it('reads duration, size and streams of a film', () => {
    const log = `Input #0, mov,mp4,m4a, from 'in0':
  Duration: 00:01:05.50, start: 0.000000, bitrate: 7413 kb/s
  Stream #0:0[0x1](und): Video: h264 (High) (avc1 / 0x31637661), yuv420p(tv, bt709), 1280x720 [SAR 1:1 DAR 16:9], 30 fps
  Stream #0:1[0x2](und): Audio: aac (LC) (mp4a / 0x6134706D), 48000 Hz, mono, fltp, 69 kb/s`;
    expect(parseMediaInfo(log)).toEqual({
      durationSeconds: 65.5,
      width: 1280,
      height: 720,
      colorMatrix: 'bt709',
      hasVideo: true,
      hasAudio: true,
    });
  });

  it.each([
    ['gif, bgra, 1x1', true, undefined],
    ['prores (ap4h / 0x6834), yuva444p10le(tv, bt709, progressive), 1x1', true, 'bt709'],
    ['h264 (High), yuv420p(tv, smpte170m/unknown/unknown, top first), 1x1', undefined, 'smpte170m'],
    ['h264 (High), yuv420p(tv, progressive), 1x1', undefined, undefined],
    ['rawvideo, gray, 1x1', undefined, undefined],
  ])('reads transparency and colours of %s', (stream, hasAlpha, colorMatrix) => {
    const info = parseMediaInfo(`Input #0, x, from 'a':\n  Stream #0:0: Video: ${stream}`);
    expect([info.hasAlpha, info.colorMatrix]).toEqual([hasAlpha, colorMatrix]);
  });

  it('does not take the cover of a song for its picture', () => {
    const log = `Input #0, mp3, from 'in0':
  Duration: N/A, bitrate: 128 kb/s
  Stream #0:0: Audio: mp3, 44100 Hz, stereo, fltp, 128 kb/s
  Stream #0:1: Video: png, rgb24(pc), 600x600, 90k tbr (attached pic)`;
    expect(parseMediaInfo(log)).toEqual({ hasVideo: false, hasAudio: true });
  });

  it('reads a size at the end of a line', () => {
    expect(parseMediaInfo("Input #0, png_pipe, from 'a':\n  Stream #0:0: Video: png, rgba(pc), 64x48")).toMatchObject({
      width: 64,
      height: 48,
    });
  });

  it('knows nothing about a file that could not be read', () => {
    expect(parseMediaInfo('in0: Invalid data found when processing input')).toEqual({
      hasVideo: false,
      hasAudio: false,
    });
  });
});
