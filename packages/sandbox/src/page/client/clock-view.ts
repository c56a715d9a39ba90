import { announce } from './announce.ts';
import { byId, setAttribute, setText, show } from './dom.ts';
import { formatDate, formatSpan } from './format.ts';
import { control } from './service-calls.ts';
import { attempt } from './trouble.ts';

/** The sandbox's time and the buttons that move it forward. */
export function clockView(refresh: () => Promise<void>): (aheadMs: number, now: number) => void {
  const face = byId('clock-now', HTMLTimeElement);
  const ahead = byId('clock-ahead', HTMLElement);
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-advance]')) {
    const advanceMs = Number(button.dataset.advance);
    button.addEventListener('click', () =>
      attempt(async () => {
        await control('POST', '/clock', { advanceMs });
        await refresh();
        announce(`The clock is ${formatSpan(advanceMs)} further.`);
      }),
    );
  }
  return (aheadMs, now) => {
    setText(face, formatDate(now));
    setAttribute(face, 'datetime', new Date(now).toISOString());
    setText(ahead, `${formatSpan(aheadMs)} ahead`);
    show(ahead, aheadMs > 0);
  };
}
