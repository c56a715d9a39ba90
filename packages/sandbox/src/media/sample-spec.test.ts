import { describe, expect, it } from 'vitest';
import { resolveSample } from './sample-spec.ts';

describe('resolveSample', () => {
  it.each([
    ['https://example.com/video.mp4', 'video', '.mp4'],
    ['https://cdn.example.com/a/b/clip.MOV?sig=1', 'video', '.mov'],
    ['http://media.example.org/song.mp3', 'audio', '.mp3'],
    ['https://assets.shop.example.net/logo.png#x', 'image', '.png'],
    ['https://shop.example/subs.vtt', 'subtitles', '.vtt'],
    ['https://cdn.test/photo.jpeg', 'image', '.jpeg'],
    ['https://download.samplelib.com/mp4/sample-5s.mp4', 'video', '.mp4'],
  ])('knows %s', (url, kind, extension) => {
    expect(resolveSample(url)).toMatchObject({ kind, extension });
  });

  it.each([
    'https://example.com/',
    'https://example.com/page.html',
    'https://notexample.com/a.mp4',
    'https://example.com.evil.io/a.mp4',
    'ftp://example.com/a.mp4',
    'file:///example.com/a.mp4',
    'a.mp4',
    'http://127.0.0.1/a.mp4',
  ])('leaves %s to the network', (url) => {
    expect(resolveSample(url)).toBeUndefined();
  });

  it('gives one URL the same bytes whatever its query, and another URL others', () => {
    const one = resolveSample('https://example.com/a.mp4?x=1');
    expect(resolveSample('https://example.com/a.mp4?x=2')).toEqual(one);
    expect(resolveSample('https://example.com/b.mp4')?.fileName).not.toBe(one?.fileName);
  });

  it('makes a safe file name of any path', () => {
    expect(resolveSample('https://example.com/%2e%2e%2f..%2fetc%2fx.png')?.fileName).toMatch(/^[0-9a-f]{24}\.png$/);
    expect(resolveSample('https://example.com/%E0%A4%A.png')?.label).toBe('%E0%A4%A.png');
  });
});
