import { byId, setText, show } from './dom.ts';

/** Shows what went wrong above everything else, until it is cleared with an empty text. */
export function showTrouble(text: string): void {
  const banner = byId('trouble', HTMLElement);
  setText(banner, text);
  show(banner, text !== '');
}

/** Runs what a button asks for; its failure is shown instead of lost. */
export function attempt(action: () => Promise<void>): void {
  action().then(
    () => showTrouble(''),
    (error: unknown) => showTrouble(error instanceof Error ? error.message : 'That did not work.'),
  );
}
