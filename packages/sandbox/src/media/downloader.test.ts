import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ResolveHost } from './address-guard.ts';
import { createDownloader, type DownloaderOptions } from './downloader.ts';

const HOSTILE: readonly string[] = JSON.parse(
  readFileSync(new URL('./corpus/hostile-urls.json', import.meta.url), 'utf8'),
);
let folder: string;
const servers: Server[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'downloader-'));
});
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  await rm(folder, { recursive: true, force: true });
});

/** A server on loopback; answers with its origin and the paths it was asked for. */
async function serve(listener: RequestListener): Promise<{ origin: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    listener(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

/** Judges as a service of that origin does that has nothing but media, and a closed folder. */
const mediaOf = (origin: string) => (url: URL) =>
  url.origin !== origin ? undefined : url.pathname.startsWith('/closed') ? ('closed' as const) : ('media' as const);

const get = (
  url: string,
  options: DownloaderOptions = {},
  rest: { maxBytes?: number; signal?: AbortSignal; onProgress?: (share: number) => void } = {},
) =>
  createDownloader(options)({
    url,
    toPath: join(folder, 'file'),
    label: "Input 'a.mp4'",
    maxBytes: 1_000,
    signal: new AbortController().signal,
    ...rest,
  });

describe('createDownloader', () => {
  it('reads nothing closed of its own service, neither at once nor by a redirect', async () => {
    const { origin, asked } = await serve((_, response) => response.writeHead(302, { location: '/closed/x' }).end());
    for (const path of ['/closed/requests', '/open']) {
      const failure = get(`${origin}${path}`, { ownPlace: mediaOf(origin) });
      await expect(failure).rejects.toMatchObject({
        kind: 'source-blocked',
        message: expect.not.stringContaining(path),
      });
    }
    expect(asked).toEqual(['/open']);
  });

  it('stores what an own origin serves, with progress', async () => {
    const { origin } = await serve((_, response) => response.setHeader('content-length', 5).end('hello'));
    const shares: number[] = [];
    await get(`${origin}/a?sig=1`, { ownPlace: mediaOf(origin) }, { onProgress: (share) => shares.push(share) });
    expect(await readFile(join(folder, 'file'), 'utf8')).toBe('hello');
    expect(shares).toEqual([1]);
  });

  const answers = (...addresses: string[]): ResolveHost =>
    vi.fn<ResolveHost>((_host, answer) =>
      answer(
        null,
        addresses.map((address) => ({ address, family: 4 })),
      ),
    );
  const inside: ResolveHost = (host, answer) =>
    answers(...(host === 'mixed.example' ? ['93.184.216.34', '10.0.0.1'] : ['127.0.0.1']))(host, answer);

  it.each(HOSTILE)('does not connect to %s', async (address) => {
    const { origin, asked } = await serve((_, response) => response.end('inside'));
    const url = address.replace('{PORT}', new URL(origin).port);
    await expect(get(url, { resolve: inside })).rejects.toMatchObject({
      kind: 'source-blocked',
      message: expect.stringMatching(/^Input 'a\.mp4': (?!.*secret)/),
    });
    expect(asked).toEqual([]);
  });

  it('does not connect to what is no URL', async () => {
    await expect(get('not a url')).rejects.toMatchObject({ kind: 'source-blocked' });
  });

  it('asks for a name once, so that a second answer cannot lead inside', async () => {
    const { origin, asked } = await serve((_, response) => response.end('inside'));
    // An address of a network that is kept for documentation would be refused; this one only never answers in time.
    const resolve = vi.fn<ResolveHost>(answers('127.0.0.1')).mockImplementationOnce(answers('93.184.216.34'));
    const url = `http://rebinding.example:${new URL(origin).port}/`;
    await expect(get(url, { resolve, idleTimeoutMs: 100 })).rejects.toMatchObject({ kind: 'source-unreachable' });
    expect(resolve).toHaveBeenCalledTimes(1);
    expect(asked).toEqual([]);
  });

  it('checks every hop of a redirect', async () => {
    const inside = await serve((_, response) => response.end('inside'));
    const own = await serve((_, response) => response.writeHead(302, { location: `${inside.origin}/meta` }).end());
    await expect(get(`${own.origin}/r`, { ownPlace: mediaOf(own.origin) })).rejects.toMatchObject({
      kind: 'source-blocked',
    });
    expect([own.asked, inside.asked]).toEqual([['/r'], []]);
  });

  it('follows a few redirects and gives up on many', async () => {
    const own = await serve((request, response) => {
      const left = Number(request.url?.slice(1));
      if (left === 0) response.end('done');
      else response.writeHead(302, { location: `/${left - 1}` }).end();
    });
    await get(`${own.origin}/3`, { ownPlace: mediaOf(own.origin) });
    expect(await readFile(join(folder, 'file'), 'utf8')).toBe('done');
    await expect(get(`${own.origin}/4`, { ownPlace: mediaOf(own.origin) })).rejects.toMatchObject({
      kind: 'source-unreachable',
      message: expect.stringContaining('redirects more than 3 times'),
    });
  });

  it.each([404, 403, 500])('reports HTTP %i without the path and query of the address', async (status) => {
    const { origin } = await serve((_, response) => response.writeHead(status).end());
    const failure = get(`${origin}/private/path?signature=secret`, { ownPlace: mediaOf(origin) });
    await expect(failure).rejects.toMatchObject({
      kind: 'source-unreachable',
      message: expect.stringContaining(`HTTP ${status}`),
    });
    await expect(failure).rejects.not.toThrow(/secret|private/);
  });

  it.each([
    ['announced', true],
    ['streamed', false],
  ])('stops at the byte limit when the size is %s, and leaves no file', async (_, announced) => {
    const { origin } = await serve((_request, response) => {
      if (announced) response.setHeader('content-length', 5_000);
      response.end('x'.repeat(5_000));
    });
    await expect(get(`${origin}/big`, { ownPlace: mediaOf(origin) })).rejects.toMatchObject({
      kind: 'source-not-media',
      message: expect.stringContaining('larger than'),
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it('gives up on a source that falls silent, and on one that breaks off', async () => {
    const silent = await serve(() => undefined);
    await expect(get(silent.origin, { ownPlace: mediaOf(silent.origin), idleTimeoutMs: 50 })).rejects.toMatchObject({
      kind: 'source-unreachable',
      message: expect.stringContaining('no answer within 0.05 s'),
    });
    const broken = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half', () => response.destroy());
    });
    await expect(get(broken.origin, { ownPlace: mediaOf(broken.origin) })).rejects.toMatchObject({
      kind: 'source-unreachable',
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it('reports a host that does not exist', async () => {
    const nowhere: ResolveHost = (_host, answer) => answer(Object.assign(new Error('x'), { code: 'ENOTFOUND' }), []);
    await expect(get('https://nowhere.example/a.mp4', { resolve: nowhere })).rejects.toMatchObject({
      kind: 'source-unreachable',
      message: "Input 'a.mp4': the source at 'nowhere.example' could not be fetched: ENOTFOUND.",
    });
  });

  it('throws the reason of an abort', async () => {
    const stop = new AbortController();
    const { origin } = await serve(() => stop.abort(new Error('cancelled')));
    await expect(get(origin, { ownPlace: mediaOf(origin) }, { signal: stop.signal })).rejects.toThrow('cancelled');
  });
});
