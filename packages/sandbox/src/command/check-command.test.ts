import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RenderFault } from '../engine/renderer.ts';
import { checkCommand } from './check-command.ts';

/** Ways to write a filter or option that reaches outside, disguised as FFmpeg would still understand it. */
const DISGUISED: readonly string[] = JSON.parse(
  readFileSync(new URL('./corpus/disguised-filters.json', import.meta.url), 'utf8'),
);
const VIDEO = 'https://cdn.example.com/v.mp4';
const inputs = {
  'in.mp4': { url: VIDEO },
  'subs.srt': { content: '1' },
  'look.cube': { content: 'x' },
  'font.ttf': { url: VIDEO },
};
const check = (command: string, outputFormat?: string) =>
  checkCommand({ command, inputs, ...(outputFormat === undefined ? {} : { outputFormat }) });
const checkFilter = (graph: string) => check(`-i ${VIDEO} -vf "${graph.replace(/["\\$`]/g, '\\$&')}" out.mp4`);

describe('checkCommand accepts what people write', () => {
  it.each([
    `ffmpeg -i ${VIDEO} -vf scale=1280:720 output.mp4`,
    `-i ${VIDEO} out.mp4`,
    `ffmpeg -y -hide_banner -loglevel error -i ${VIDEO} -c:v libx264 -crf 23 -preset fast -movflags +faststart out.mp4`,
    `ffmpeg -i ${VIDEO} -vn -c:a libmp3lame -b:a 192k out.mp3`,
    `ffmpeg -ss 00:00:05 -i ${VIDEO} -frames:v 1 -q:v 2 thumb.jpg`,
    `ffmpeg -i ${VIDEO} -vf "fps=10,scale=480:-1:flags=lanczos,split[a][b];[a]palettegen[p];[b][p]paletteuse" -loop 0 out.gif`,
    `ffmpeg -i ${VIDEO} -i https://cdn.example.com/logo.png -filter_complex "[1:v]scale=100:-1[l];[0:v][l]overlay=W-w-10:H-h-10" out.mp4`,
    `ffmpeg -i ${VIDEO} -filter_complex "[0:v]setpts=0.5*PTS[v];[0:a]atempo=2.0[a]" -map "[v]" -map "[a]" out.mp4`,
    `ffmpeg -i ${VIDEO} -vf "drawtext=text='Hello\\: World':fontcolor=white:fontsize=48:x=(w-text_w)/2:y=(h-text_h)/2:box=1:boxcolor=black@0.5" out.mp4`,
    `ffmpeg -i ${VIDEO} -vf "crop=ih*9/16:ih,scale=1080:1920" out.mp4`,
    `ffmpeg -i ${VIDEO} -af loudnorm=I=-16:TP=-1.5:LRA=11 -ar 48000 out.wav`,
    `ffmpeg -loop 1 -i https://cdn.example.com/a.jpg -t 5 -vf "zoompan=z='min(zoom+0.0015,1.5)':d=125:s=1280x720" -pix_fmt yuv420p out.mp4`,
    `ffmpeg -i ${VIDEO} -vf "select='gt(scene,0.3)',showinfo" -vsync vfr shot_%03d.png`,
    `ffmpeg -i ${VIDEO} -metadata title="A \\"quoted\\" /title/" -c copy out.mkv`,
    `ffmpeg -i ${VIDEO} -x264-params keyint=60:scenecut=0 out.mp4`,
    `ffmpeg -i in.mp4 -vf subtitles=subs.srt:force_style='FontSize=24' out.mp4`,
    `ffmpeg -i in.mp4 -vf lut3d=look.cube out.mp4`,
    `ffmpeg -i in.mp4 -vf drawtext=fontfile=font.ttf:text=hi out.mp4`,
    `ffmpeg -f lavfi -i testsrc2=s=640x360:d=2 -f lavfi -i sine=d=2 -shortest out.mp4`,
    `ffmpeg -i ${VIDEO} -map 0:v:0 -map 0:a? -c copy a.mp4 -vn b.mp3`,
    `ffmpeg -i ${VIDEO} -f hls -hls_time 4 -hls_segment_filename seg_%03d.ts out.m3u8`,
    'ffmpeg -i https://x.example/v.mp4?sig=a&exp=5 -vf hflip out.mp4',
  ])('%s', (command) => {
    expect(() => check(command)).not.toThrow();
  });

  it('answers with the arguments as written and the outputs in order', () => {
    expect(check(`ffmpeg -i ${VIDEO} a.mp4 -vn b.mp3`)).toMatchObject({
      args: ['-i', VIDEO, 'a.mp4', '-vn', 'b.mp3'],
      outputNames: ['a.mp4', 'b.mp3'],
    });
  });

  it('replaces the ending of the first output by the format asked for', () => {
    expect(check(`-i ${VIDEO} movie.mp4`, 'webm').outputNames).toEqual(['movie.webm']);
    expect(check(`-i ${VIDEO} movie`, 'webm').outputNames).toEqual(['movie.webm']);
    expect(() => check(`-i ${VIDEO} movie.mp4`, 'exe')).toThrow(/Output format 'exe' is not known/);
  });
});

describe('checkCommand refuses', () => {
  it('an output that is an input, in FFmpeg’s own words', () => {
    const words = /Output 'in.mp4' same as Input #1.*cannot edit existing files in-place/;
    expect(() => check(`ffmpeg -i ${VIDEO} -i in.mp4 -y in.mp4`)).toThrow(words);
    expect(() => check('ffmpeg -i in.mp4 a.mp4 -vn in.mp4')).toThrow(/same as Input #0/);
    expect(() => check('ffmpeg -i in.mp4 -y out.mp4')).not.toThrow();
  });

  it.each([
    [
      'an unknown flag',
      `-i ${VIDEO} -dump_attachment:t x out.mp4`,
      "Flag '-dump_attachment:t' is not allowed in FFmpeg commands.",
    ],
    ['attachments', `-i ${VIDEO} -attach x out.mkv`, "Flag '-attach' is not allowed"],
    ['options read from a file', `-i ${VIDEO} -/vf x out.mp4`, "Flag '-/vf' is not allowed"],
    ['filter scripts', `-i ${VIDEO} -filter_complex_script x out.mp4`, "Flag '-filter_complex_script' is not allowed"],
    ['a progress address', `-i ${VIDEO} -progress http://x out.mp4`, "Flag '-progress' is not allowed"],
    [
      'a protocol whitelist',
      `-protocol_whitelist file,http -i ${VIDEO} out.mp4`,
      "Flag '-protocol_whitelist' is not allowed",
    ],
    ['a log prefix', `FFREPORT=file=x ffmpeg -i ${VIDEO} out.mp4`, "Output 'FFREPORT=file=x' is not allowed"],
    [
      'a local input',
      '-i /etc/hostname out.mp4',
      "Input '/etc/hostname' is neither an http or https URL nor a name in 'inputs'.",
    ],
    ['an undeclared input', '-i other.mp4 out.mp4', "Input 'other.mp4' is neither"],
    ['a file URL', '-i file:///etc/hostname out.mp4', 'is neither'],
    ['a concat protocol', "-i 'concat:a|b' out.mp4", 'is neither'],
    ['a capture device', '-f x11grab -i :0 out.mp4', "Format 'x11grab' is not allowed"],
    ['raw bytes as output', `-i ${VIDEO} -f data out.mp4`, "Format 'data' is not allowed"],
    ['the tee muxer', `-i ${VIDEO} -f tee 'a.mp4|b.mp4'`, "Format 'tee' is not allowed"],
    ['an absolute output', `-i ${VIDEO} /tmp/out.mp4`, "Output '/tmp/out.mp4' is not allowed"],
    ['a parent folder', `-i ${VIDEO} ../out.mp4`, 'is not allowed'],
    ['an output without a known ending', `-i ${VIDEO} out.so`, "Output 'out.so' is not allowed"],
    ['an output address', `-i ${VIDEO} http://x/out.mp4`, 'is not allowed'],
    ['standard output', `-i ${VIDEO} -f mp4 -`, "Output '-' is not allowed"],
    [
      'a segment name with a folder',
      `-i ${VIDEO} -f hls -hls_segment_filename /tmp/%d.ts out.m3u8`,
      "Output '/tmp/%d.ts' is not allowed",
    ],
    [
      'an encoder parameter that writes',
      `-i ${VIDEO} -x264-params keyint=9:dump-yuv=x out.mp4`,
      "Encoder parameter 'dump-yuv' is not allowed",
    ],
    [
      'an encoder parameter that reads',
      `-i ${VIDEO} -x264opts qpfile=x out.mp4`,
      "Encoder parameter 'qpfile' is not allowed",
    ],
    ['a path as value', `-i ${VIDEO} -profile:v /etc/passwd out.mp4`, 'looks like a path or URL'],
    ['a name as map', `-i ${VIDEO} -map ../x out.mp4`, 'is not a stream'],
    ['a lavfi input that reads a file', '-f lavfi -i movie=x.mp4 out.mp4', 'must name a generated source'],
    [
      'a lavfi input with a reader behind a source',
      '-f lavfi -i "color[a];movie=x.mp4[b];[a][b]overlay" out.mp4',
      "Filter 'movie' is not allowed",
    ],
    [
      'a graph that opens an undeclared file',
      `-i ${VIDEO} -vf subtitles=other.srt out.mp4`,
      "may only read files that are declared in 'inputs'",
    ],
    ['no input', 'ffmpeg out.mp4', 'no input'],
    ['no output', `ffmpeg -i ${VIDEO}`, 'no output'],
    ['a flag without its value', `-i ${VIDEO} -vf`, "Flag '-vf' needs a value."],
    ['options behind the last output', `-i ${VIDEO} out.mp4 -an`, 'after its last output'],
    ['one output twice', `-i ${VIDEO} a.mp4 a.mp4`, "Output 'a.mp4' is named twice."],
    [
      'an output over a file that a filter reads',
      `-i ${VIDEO} -vf subtitles=subs.srt subs.srt`,
      'both an output and a file',
    ],
    ['nothing at all', 'ffmpeg', 'The command is empty.'],
  ])('%s', (_, command, message) => {
    expect(() => check(command)).toThrow(message);
    expect(() => check(command)).toThrow(RenderFault);
  });
});

describe('filters', () => {
  it.each(DISGUISED)('%j does not pass', (graph) => {
    expect(() => checkFilter(graph)).toThrow(RenderFault);
  });

  it('names the filter and the option that are not allowed', () => {
    expect(() => checkFilter("mo''vie=a.mp4")).toThrow("Filter 'movie' is not allowed in FFmpeg commands.");
    expect(() => checkFilter('curves=plot=x')).toThrow("Option 'plot' of filter 'curves' is not allowed");
  });

  it('refuses a forbidden filter in every disguise of quotes, escapes, blanks and labels', () => {
    const piece = (char: string, choice: number) =>
      [char, `\\${char}`, `'${char}'`, `''${char}`, `${char}''`][choice % 5] ?? char;
    const around = fc.constantFrom('', ' ', '\t', '[a]', '[a] [b]', 'null,', 'null;', ' null , ');
    fc.assert(
      fc.property(
        fc.constantFrom('movie', 'amovie', 'ladspa', 'frei0r', 'sendcmd', 'zmq', 'removelogo'),
        fc.array(fc.nat(4), { minLength: 12 }),
        around,
        fc.constantFrom('', '@id', ' '),
        (name, choices, before, after) => {
          const graph = `${before}${[...name].map((char, index) => piece(char, choices[index] ?? 0)).join('')}${after}=x`;
          expect(() => checkFilter(graph)).toThrow(`Filter '${name}' is not allowed`);
        },
      ),
    );
  });

  it('throws nothing but typed faults, whatever the command', () => {
    const noise = fc.string({ unit: fc.constantFrom(...` -i'"\\=:;,[]@%/.vfcmp4xhtps0`), maxLength: 60 });
    fc.assert(
      fc.property(noise, (text) => {
        try {
          check(`ffmpeg -i ${VIDEO} -vf ${text} out.mp4`);
        } catch (error) {
          expect(error).toBeInstanceOf(RenderFault);
          expect(error).toMatchObject({ kind: 'invalid-command' });
        }
      }),
      { numRuns: 500 },
    );
  });
});
