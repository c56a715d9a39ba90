/// <reference lib="dom" />
import type { Page } from 'playwright-core';

export interface FaintText {
  readonly text: string;
  /** WCAG contrast ratio, 1 to 21. */
  readonly ratio: number;
}

/** Every visible text of a page whose contrast with what lies behind it is below `least` (WCAG AA: 4.5). */
export function faintTexts(page: Page, least: number): Promise<readonly FaintText[]> {
  return page.evaluate((wanted) => {
    const canvas = document.createElement('canvas');
    canvas.width = 1;
    canvas.height = 1;
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (!context) throw new Error('This browser has no canvas.');

    /** Paints colours over each other as the browser does, whatever notation they are in. */
    const paint = (colors: readonly string[]) => {
      context.clearRect(0, 0, 1, 1);
      for (const color of colors) {
        context.fillStyle = color;
        context.fillRect(0, 0, 1, 1);
      }
      return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const luminance = (channels: readonly number[]) => {
      const [red = 0, green = 0, blue = 0] = channels.map((channel) => {
        const share = channel / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const backgrounds = (node: Element | null): string[] =>
      node ? [...backgrounds(node.parentElement), getComputedStyle(node).backgroundColor] : [];

    const faint: { text: string; ratio: number }[] = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      const text = node.textContent?.trim() ?? '';
      const holder = node.parentElement;
      if (text === '' || !holder?.checkVisibility({ visibilityProperty: true })) continue;
      // Texts for screen readers alone are clipped away.
      if (holder.closest('.unseen, .skip, option, noscript')) continue;
      const behind = backgrounds(holder);
      const ground = luminance(paint(behind));
      const ink = luminance(paint([...behind, getComputedStyle(holder).color]));
      const ratio = (Math.max(ground, ink) + 0.05) / (Math.min(ground, ink) + 0.05);
      if (ratio < wanted) faint.push({ text: text.slice(0, 60), ratio: Math.round(ratio * 100) / 100 });
    }
    return faint;
  }, least);
}
