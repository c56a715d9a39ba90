import { describe, expect, it } from 'vitest';
import { CliFlagError, FLAGS, readCliFlags, USAGE } from './cli-flags.ts';

describe('the command line', () => {
  it('asks for nothing', () => {
    expect(readCliFlags([])).toMatchObject({ port: 4020, strict: false, allowsLiveEnv: false, asksFor: undefined });
  });

  it('sets everything', () => {
    const line =
      '--port 0 --upload-port=4021 --host ::1 --ffmpeg /opt/ffmpeg --engine wasm --data-dir out --faults f.json --strict';
    expect(readCliFlags([...line.split(' '), '--allow-live-env'])).toEqual({
      port: 0,
      uploadPort: 4021,
      host: '::1',
      ffmpegPath: '/opt/ffmpeg',
      engine: 'wasm',
      dataDir: 'out',
      faults: 'f.json',
      strict: true,
      allowsLiveEnv: true,
      asksFor: undefined,
    });
  });

  it.each([
    [['--help'], 'help'],
    [['-h'], 'help'],
    [['--version'], 'version'],
    [['--version', '--help'], 'help'],
  ])('%j asks for words, not for a start', (args, asksFor) => {
    expect(readCliFlags(args).asksFor).toBe(asksFor);
  });

  it.each([
    [['--strickt'], 'There is no option --strickt. Did you mean --strict?'],
    [['--prot=1'], 'There is no option --prot. Did you mean --port?'],
    [['--data-folder', 'x'], 'There is no option --data-folder.'],
    [['-x'], 'There is no option -x.'],
    [['4020'], '4020 stands alone. Did you mean --port 4020?'],
    [['start'], 'start stands alone.'],
    [['--port', '0', '--', '--strict'], '--strict stands alone.'],
    [['--port', 'x'], '--port must be a number from 0 to 65535.'],
    [['--upload-port', '70000'], '--upload-port must be a number from 0 to 65535.'],
    [['--port', ''], '--port must be a number from 0 to 65535.'],
    [['--engine', 'gpu'], '--engine must be native or wasm.'],
  ])('refuses %j', (args, message) => {
    expect(() => readCliFlags(args)).toThrow(new CliFlagError(message));
  });

  it.each([[['--port']], [['--strict=yes']], [['--port', '--strict']]])('refuses %j by its name', (args) => {
    expect(() => readCliFlags(args)).toThrow(CliFlagError);
    expect(() => readCliFlags(args)).toThrow(/--port|--strict/);
  });

  it('explains every option that it takes, and no other', () => {
    const explained = [...USAGE.matchAll(/^ {2}--([\w-]+)/gm)].map(([, flag]) => flag);
    expect(explained.toSorted()).toEqual(Object.keys(FLAGS).toSorted());
  });
});
