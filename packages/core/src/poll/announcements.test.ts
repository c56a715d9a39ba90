import { describe, expect, it } from 'vitest';
import { createAnnouncements } from './announcements.ts';

function after(told: number, missed: number) {
  const announcements = createAnnouncements();
  for (let n = 0; n < told; n += 1) {
    announcements.heard(`told-${n}`);
    announcements.ended(`told-${n}`);
  }
  for (let n = 0; n < missed; n += 1) announcements.ended(`missed-${n}`);
  return announcements;
}

describe('announcements', () => {
  it('are relied on for nothing before the first has come, however many ends went by', () => {
    expect([after(0, 0).share(), after(0, 50).share()]).toEqual([0, 0]);
  });

  it('are relied on the more the more ends they told, and never for all of them', () => {
    const shares = [1, 2, 10, 100].map((told) => after(told, 0).share());
    expect(shares[0]).toBe(0.5);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares[3]).toBeLessThan(1);
    expect(after(100, 0).share()).toBeGreaterThan(0.98);
  });

  it('are relied on less with each end that they missed', () => {
    expect(after(5, 4).share()).toBe(0.5);
    expect(after(5, 94).share()).toBe(0.05);
  });

  it('are kept until the job they name has ended, also where it is not known here yet', () => {
    const announcements = createAnnouncements();
    announcements.heard('early');
    expect([announcements.has('early'), announcements.has('other')]).toEqual([true, false]);
    announcements.ended('early');
    expect(announcements.has('early')).toBe(false);
  });

  it('count once, however often a webhook comes', () => {
    const announcements = createAnnouncements();
    for (let n = 0; n < 5; n += 1) announcements.heard('again');
    announcements.ended('again');
    expect(announcements.share()).toBe(0.5);
    announcements.ended('again');
    expect(announcements.share()).toBeLessThan(0.5);
  });

  it('forget the oldest of ten thousand names that nobody asked for', () => {
    const announcements = createAnnouncements();
    for (let n = 0; n <= 10_000; n += 1) announcements.heard(`job-${n}`);
    expect(['job-0', 'job-1', 'job-10000'].map((name) => announcements.has(name))).toEqual([false, true, true]);
  });
});
