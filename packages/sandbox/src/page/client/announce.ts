import { byId } from './dom.ts';

/** Says something to whoever cannot see it happen. */
export function announce(text: string): void {
  // A region that is given the same words again stays silent: it is emptied first.
  const region = byId('announcer', HTMLElement);
  region.textContent = '';
  requestAnimationFrame(() => {
    region.textContent = text;
  });
}
