import { describe, expect, it } from 'vitest';
import { checkCommand } from './check-command.ts';
import { refuseEngineGaps } from './engine-gaps.ts';
import { expectedSeconds, parseTime } from './expected-duration.ts';
import { planCommand } from './plan-command.ts';

const VIDEO = 'https://cdn.example.com/v.mp4';
const inputs = { 'subs.srt': { content: '1' }, 'list.txt': { content: 'file a' } };
const parse = (command: string) => checkCommand({ command, inputs }).parsed;
const wasm = { info: { kind: 'wasm', version: '5.1.4', reason: '' }, threads: 1 } as const;
const native = { info: { kind: 'native', version: '7.1', reason: '' }, threads: 4 } as const;
const video = { file: 'in0', demuxers: ['mov'] };
const PIXELS = ['-max_pixels', '36000000'];
const GUARD = ['-protocol_whitelist', 'file', '-format_whitelist', 'mov', ...PIXELS, '-i', 'in0'];

describe('planCommand', () => {
  it('puts local names and whitelists in the place of addresses', () => {
    const plan = planCommand(parse(`-y -ss 5 -i ${VIDEO} -vf scale=1:2 -threads 64 out.mkv`), [video], native);
    expect(plan.argv).toEqual([
      '-ss',
      '5',
      ...GUARD,
      '-vf',
      'scale=1:2',
      ...PIXELS,
      '-bitexact',
      '-threads',
      '4',
      'out.mkv',
    ]);
    expect(plan.argv.join(' ')).not.toContain('http');
  });

  it('drops the reader that a caller names, because the bytes decide', () => {
    expect(planCommand(parse(`-f mpegts -i ${VIDEO} out.mkv`), [video], native).argv.slice(0, 8)).toEqual(GUARD);
  });

  it('reads pictures with the reader that can repeat them', () => {
    const { argv } = planCommand(
      parse(`-loop 1 -i ${VIDEO} -t 5 out.webm`),
      [{ file: 'in0.png', demuxers: ['image2'] }],
      native,
    );
    expect(argv.slice(0, 6)).toEqual(['-loop', '1', '-f', 'image2', '-pattern_type', 'none']);
  });

  it('chooses a fast preset for H.264 in WebAssembly, says so, and leaves a named preset alone', () => {
    const chosen = planCommand(parse(`-i ${VIDEO} out.mp4`), [video], wasm);
    expect(chosen.argv.slice(-3)).toEqual(['-preset:v', 'ultrafast', 'out.mp4']);
    expect(chosen.warnings).toHaveLength(1);
    for (const command of [
      `-i ${VIDEO} -preset slow out.mp4`,
      `-i ${VIDEO} -c copy out.mp4`,
      `-i ${VIDEO} -vn out.mp4`,
      `-i ${VIDEO} out.mp3`,
    ]) {
      expect(planCommand(parse(command), [video], wasm)).toMatchObject({
        warnings: [],
        argv: expect.not.arrayContaining(['ultrafast']),
      });
    }
  });

  it('gives every filter that draws text the packaged font', () => {
    const { argv } = planCommand(parse(`-i ${VIDEO} -vf "drawtext=text=a,subtitles=subs.srt" out.webm`), [video], wasm);
    expect(argv).toContain(
      'drawtext=text=a:fontfile=renderq-fonts/Inter.ttf,subtitles=subs.srt:fontsdir=renderq-fonts:force_style=FontName=Inter',
    );
  });

  it('keeps a style and replaces only a font family that WebAssembly cannot have', () => {
    const command = `-i ${VIDEO} -vf "subtitles=subs.srt:force_style='FontName=Arial,FontSize=30'" out.webm`;
    expect(planCommand(parse(command), [video], wasm).argv.join(' ')).toContain(
      String.raw`force_style=FontSize=30\,FontName=Inter`,
    );
    expect(planCommand(parse(command), [video], native).argv.join(' ')).not.toContain('FontName=Inter');
  });
});

describe('refuseEngineGaps', () => {
  it.each(['libx265', 'libaom-av1', 'libsvtav1'])('refuses %s in WebAssembly and not natively', (codec) => {
    const command = parse(`-i ${VIDEO} -c:v ${codec} out.mkv`);
    expect(() => refuseEngineGaps(command, { ...wasm, confined: true })).toThrow(/needs a native FFmpeg/);
    expect(() => refuseEngineGaps(command, { ...native, confined: true })).not.toThrow();
  });

  it('refuses encoders and decoders that need a GPU', () => {
    const decoding = parse(`-hwaccel cuda -i ${VIDEO} out.mp4`);
    expect(() => refuseEngineGaps(decoding, { ...native, confined: true })).toThrow(/GPU/);
    expect(() =>
      refuseEngineGaps(parse(`-i ${VIDEO} -vcodec h264_nvenc out.mp4`), { ...native, confined: true }),
    ).toThrow(/GPU/);
  });

  it.each(['-f hls o.m3u8', 'o.m3u8', 'o.mpd', '-f segment o%d.ts'])(
    'refuses %s where nothing confines FFmpeg',
    (output) => {
      const command = parse(`-i ${VIDEO} ${output}`);
      expect(() => refuseEngineGaps(command, { ...native, confined: false })).toThrow(/bubblewrap/);
      expect(() => refuseEngineGaps(command, { ...wasm, confined: true })).not.toThrow();
    },
  );
});

describe('expectedSeconds', () => {
  it.each([
    [`-i ${VIDEO} o.mp4`, 30],
    [`-ss 10 -i ${VIDEO} o.mp4`, 20],
    [`-i ${VIDEO} -t 00:00:05.5 o.mp4`, 5.5],
    [`-i ${VIDEO} -ss 5 -to 8 o.mp4`, 3],
    [`-f lavfi -i testsrc2=d=4 -i ${VIDEO} -t 2 o.mp4`, 2],
    [`-f lavfi -i color -t 7 o.mp4`, 7],
    ['-f lavfi -i color o.mp4', undefined],
    [`-stream_loop 3 -i ${VIDEO} o.mp4`, 120],
    [`-stream_loop 3 -i ${VIDEO} -t 50 o.mp4`, 50],
    [`-stream_loop 3 -i ${VIDEO} -t 500 o.mp4`, 120],
    [`-stream_loop -1 -i ${VIDEO} -t 80 o.mp4`, 80],
    [`-stream_loop -1 -t 70 -i ${VIDEO} o.mp4`, 70],
    [`-stream_loop -1 -i ${VIDEO} -c copy o.mp4`, undefined],
    [`-stream_loop -1 -i ${VIDEO} -i ${VIDEO} -shortest o.mp4`, 30],
    [`-stream_loop -1 -i ${VIDEO} -i ${VIDEO} o.mp4`, undefined],
  ])('%s takes %s s', (command, seconds) => {
    const parsed = parse(command);
    expect(
      expectedSeconds(
        parsed,
        parsed.inputs
          .map(() => 30)
          .map((probed, index) => (parsed.inputs[index]?.source.kind === 'url' ? probed : undefined)),
      ),
    ).toBe(seconds);
  });

  it.each([
    ['90', 90],
    ['1:30', 90],
    ['01:00:00.5', 3600.5],
    ['250ms', 0.25],
    ['5s', 5],
    ['-5', undefined],
    ['abc', undefined],
  ])('reads the time %s', (text, seconds) => {
    expect(parseTime(text)).toBe(seconds);
  });
});
