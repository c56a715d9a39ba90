import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCliOptions } from './cli-options.ts';

const read = (line: string) => readCliOptions(line === '' ? [] : line.split(' '), '1.2.3');

it('speaks stdio unless told otherwise', () => {
  expect(read('')).toEqual({ run: 'stdio' });
  expect(read('--stdio')).toEqual({ run: 'stdio' });
});

it('prints its version and its help, whatever else is asked', () => {
  expect(read('--version')).toEqual({ run: 'print', text: '1.2.3\n' });
  expect(read('-v')).toEqual({ run: 'print', text: '1.2.3\n' });
  expect(read('-h')).toMatchObject({ run: 'print', text: expect.stringContaining('Usage:') });
  expect(read('settle --help')).toMatchObject({ run: 'print', text: expect.stringContaining('--never-ran') });
});

it('names in its help every variable that the README explains', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const rows =
    readme
      .split('## Environment')[1]
      ?.split('## ')[0]
      ?.match(/^\| `.*$/gm) ?? [];
  const names = rows.flatMap((row) => row.split('|')[1]?.match(/[A-Z]+(?:_[A-Z]+)+/g) ?? []);
  expect(names).toEqual(expect.arrayContaining(['RENDERQ_FILES', 'RENDERQ_HTTP_TOKEN', 'RENDERQ_LOG']));
  const help = read('--help');
  for (const name of names) expect(help).toMatchObject({ text: expect.stringContaining(name) });
});

it('listens on loopback unless told otherwise', () => {
  expect(read('--http')).toEqual({ run: 'http', http: { host: '127.0.0.1', port: 8848, allowedHosts: [] } });
  expect(read('--http --host :: --port=0 --allowed-host a.test --allowed-host b.test')).toEqual({
    run: 'http',
    http: { host: '::', port: 0, allowedHosts: ['a.test', 'b.test'] },
  });
});

it('settles one job, one way or the other', () => {
  expect(read('settle job_1 --ran-as r-9')).toEqual({
    run: 'settle',
    jobId: 'job_1',
    principal: 'local',
    outcome: { ranAs: 'r-9' },
  });
  expect(read('settle --never-ran job_1 --principal anna')).toEqual({
    run: 'settle',
    jobId: 'job_1',
    principal: 'anna',
    outcome: { neverRan: true },
  });
});

describe('refuses, by name and with a way on,', () => {
  it.each([
    ['--htp', '--htp'],
    ['--stdio --port', '--port'],
    ['--port 80', '--http'],
    ['--allowed-host a.test', '--http'],
    ['--http --stdio', '--stdio'],
    ['--http --port 70000', '"70000"'],
    ['--http --port -1', '--port'],
    ['--http --port 8e3', '"8e3"'],
    ['--http --host=', '--host'],
    ['--http=yes', '--http'],
    ['serve', '"serve"'],
    ['settle', 'id of a job'],
    ['settle a b --never-ran', 'one job'],
    ['settle job_1', '--ran-as'],
    ['settle job_1 --ran-as x --never-ran', '--never-ran'],
    ['settle job_1 --ran-as=', '--ran-as'],
    ['settle job_1 --never-ran --http', '--http'],
    ['--never-ran', 'settle'],
  ])('%s', (line, named) => {
    const command = read(line);
    expect(command).toMatchObject({ run: 'refuse', reason: expect.stringContaining(named) });
    expect(command).toMatchObject({ reason: expect.stringMatching(/\. See renderq-mcp --help\.$/) });
  });
});

it('answers every line of arguments with a command or a refusal, never a throw', () => {
  const word = fc.oneof(
    fc.constantFrom('--http', '--port', '0', '--host', '--', 'settle', '--ran-as', '-x', '--never-ran=1', ''),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 5 }), (args) => {
      expect(readCliOptions(args, '1').run).toMatch(/^(stdio|http|settle|print|refuse)$/);
    }),
  );
});
