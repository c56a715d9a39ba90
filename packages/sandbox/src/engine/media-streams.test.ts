import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMediaReport } from './media-streams.ts';

const FILM = `Input #0, mov,mp4,m4a,3gp,3g2,mj2, from 'input':
  Metadata:
    major_brand     : isom
    title           : Duration: 99:00:00.00
                    :   Stream #0:7: Video: forged, rgb24, 9x9
  Duration: 00:01:05.50, start: 0.000000, bitrate: 7413 kb/s
  Stream #0:0[0x1](und): Video: h264 (High) (avc1 / 0x31637661), yuv420p(tv, bt709, progressive), 1920x1080 [SAR 1:1 DAR 16:9], 7269 kb/s, 29.97 fps, 29.97 tbr, 30k tbn (default)
      Metadata:
        handler_name    : VideoHandler
      Side data:
        displaymatrix: rotation of -90.00 degrees
  Stream #0:1[0x2](deu): Audio: aac (LC) (mp4a / 0x6134706D), 48000 Hz, 5.1(side), fltp, 137 kb/s (default)
  Stream #0:2[0x3](eng): Subtitle: mov_text (tx3g / 0x67337874), 0 kb/s
At least one output file must be specified`;

describe('readMediaReport', () => {
  it('reads the container and every stream of a film', () => {
    expect(readMediaReport(FILM)).toEqual({
      format: 'mov,mp4,m4a,3gp,3g2,mj2',
      durationSeconds: 65.5,
      bitsPerSecond: 7_413_000,
      streams: [
        {
          index: 0,
          kind: 'video',
          codec: 'h264',
          profile: 'High',
          bitsPerSecond: 7_269_000,
          width: 1920,
          height: 1080,
          framesPerSecond: 29.97,
          pixelFormat: 'yuv420p',
          rotationDegrees: -90,
        },
        {
          index: 1,
          kind: 'audio',
          codec: 'aac',
          profile: 'LC',
          bitsPerSecond: 137_000,
          sampleRateHz: 48_000,
          channelLayout: '5.1(side)',
          language: 'deu',
        },
        { index: 2, kind: 'subtitle', codec: 'mov_text', language: 'eng' },
      ],
    });
  });

  it('takes a picture for a picture: no duration, no frame rate', () => {
    const log = `Input #0, png_pipe, from 'input':
  Duration: N/A, bitrate: N/A
  Stream #0:0: Video: png, rgba(pc, gbr/unknown/unknown), 64x48, 25 fps, 25 tbr, 25 tbn`;
    expect(readMediaReport(log)).toEqual({
      format: 'png_pipe',
      streams: [{ index: 0, kind: 'video', codec: 'png', width: 64, height: 48, pixelFormat: 'rgba' }],
    });
  });

  it('marks the cover of a song', () => {
    const log = `Input #0, mp3, from 'input':
  Duration: 00:00:02.00, start: 0.025057, bitrate: 128 kb/s
  Stream #0:0: Audio: mp3 (mp3float), 44100 Hz, mono, fltp, 128 kb/s
  Stream #0:1: Video: mjpeg (Baseline), yuvj444p(pc, bt470bg/unknown/unknown), 600x600 [SAR 1:1 DAR 1:1], 90k tbr, 90k tbn (attached pic)`;
    expect(readMediaReport(log)?.streams).toMatchObject([
      { kind: 'audio', codec: 'mp3', channelLayout: 'mono' },
      { kind: 'video', codec: 'mjpeg', width: 600, isCover: true },
    ]);
  });

  it('makes nothing of a file that FFmpeg could not read', () => {
    expect(readMediaReport('input: Invalid data found when processing input')).toBeUndefined();
  });

  it('believes no stream that a title inside the file pretends', () => {
    fc.assert(
      fc.property(fc.string(), (title) => {
        const line = title.replaceAll(/[\r\n]/g, '\n                    : ');
        const log = `Input #0, mp3, from 'input':\n  Metadata:\n    title           : ${line}\n  Stream #0:0: Audio: mp3, 44100 Hz, mono, fltp`;
        return readMediaReport(log)?.streams.length === 1;
      }),
    );
  });
});
