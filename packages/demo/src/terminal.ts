import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

const paint = (style: Style, text: string) => styleText(style, text, { stream: process.stdout });

export const bold = (text: string) => paint('bold', text);
export const dim = (text: string) => paint('dim', text);
export const good = (text: string) => paint('green', text);
export const bad = (text: string) => paint('red', text);
export const warm = (text: string) => paint('yellow', text);
export const link = (text: string) => paint('cyan', text);

export function heading(text: string): void {
  console.log(`\n${bold(text)}`);
}

export function line(text = ''): void {
  console.log(text ? `  ${text}` : '');
}

/** A label and its value, aligned with its neighbours. */
export function fact(label: string, value: string): void {
  line(`${dim(label.padEnd(12))} ${value}`);
}
