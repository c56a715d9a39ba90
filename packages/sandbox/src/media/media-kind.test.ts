import { describe, expect, it } from 'vitest';
import { sniffMediaKind } from './media-kind.ts';

const bytes = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));

describe('sniffMediaKind', () => {
  it.each([
    ['\0\0\0\x20ftypisom', 'mp4'],
    ['\x1a\x45\xdf\xa3\x01', 'matroska'],
    ['RIFF\0\0\0\0WAVEfmt ', 'wav'],
    ['RIFF\0\0\0\0WEBPVP8 ', 'webp'],
    ['RIFF\0\0\0\0AVI LIST', 'avi'],
    ['\x89PNG\r\n\x1a\n', 'png'],
    ['\xff\xd8\xff\xe0', 'jpeg'],
    ['GIF89a', 'gif'],
    ['ID3\x04', 'mp3'],
    ['\xff\xfb\x90\x64', 'mp3'],
    ['\xff\xf1\x50\x80', 'aac'],
    ['fLaC', 'flac'],
    ['OggS', 'ogg'],
    [`G${'\0'.repeat(187)}G`, 'mpegts'],
    ['\0\x01\0\0\0\x12', 'font'],
    ['WEBVTT\n\n00:01', 'vtt'],
    ['1\r\n00:00:00,000 --> 00:00:01,000\r\nhi', 'srt'],
    ['[Script Info]\nScriptType: v4', 'ass'],
    ['<!DOCTYPE html><html>', 'html'],
    ['<?xml version="1.0"?><svg/>', 'html'],
    // Formats that open further files must look like plain text, which no input may be.
    ['#EXTM3U\n#EXTINF:1,\nfile:///x', 'text'],
    ["ffconcat version 1.0\nfile 'x'", 'text'],
    ['v=0\no=- 0 0 IN IP4 127.0.0.1', 'text'],
    ['\x00\x00\x00', undefined],
    ['', undefined],
  ])('takes %j for %s', (content, kind) => {
    expect(sniffMediaKind(bytes(content))).toBe(kind);
  });

  it('sees subtitles behind a byte order mark', () => {
    expect(sniffMediaKind(new TextEncoder().encode('\ufeff1\n00:00:00,000 --> 00:00:01,000\nhi'))).toBe('srt');
  });
});
