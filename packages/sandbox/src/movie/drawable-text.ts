/** Every control character that is neither a tab nor a line break: fonts show boxes in their place. */
const SHAPELESS = /[^\P{Cc}\t\n\r]/gu;

export interface DrawableText {
  readonly text: string;
  /** How many control characters were left out. */
  readonly leftOut: number;
}

/** The part of a text that can have a shape. Half of a surrogate pair becomes U+FFFD, the sign for what is unreadable. */
export function drawableText(written: string): DrawableText {
  const readable = written.toWellFormed();
  const text = readable.replace(SHAPELESS, '');
  return { text, leftOut: readable.length - text.length };
}
