import { announce } from './announce.ts';
import { element, setAttribute, setText } from './dom.ts';

const SHOWN_MS = 1600;

/**
 * A button that copies a text and says that it has. `what` names the text to a screen reader, such as `base URL`;
 * `label` is what the button shows where the text does not stand beside it.
 */
export function copyButton(what: string, read: () => string, label = 'Copy'): HTMLButtonElement {
  const button = element('button', { type: 'button', class: 'copy', 'aria-label': `Copy ${what}` }, label);
  let timer: ReturnType<typeof setTimeout> | undefined;

  const tell = (word: string, tone: string, spoken: string) => {
    clearTimeout(timer);
    setText(button, word);
    setAttribute(button, 'data-tone', tone);
    announce(spoken);
    timer = setTimeout(() => {
      setText(button, label);
      setAttribute(button, 'data-tone', false);
    }, SHOWN_MS);
  };
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(read());
      tell('Copied', 'good', `Copied ${what}.`);
    } catch {
      // The browser forbids it, or the window has lost the focus: nothing was copied, so the text is said to be.
      tell('Failed', 'bad', `The browser did not let me copy ${what}.`);
    }
  });
  return button;
}
