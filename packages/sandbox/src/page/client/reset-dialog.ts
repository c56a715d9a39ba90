import { announce } from './announce.ts';
import { byId } from './dom.ts';
import { control } from './service-calls.ts';
import { attempt } from './trouble.ts';

/** The one button that destroys something asks before it does. */
export function resetDialog(refresh: () => Promise<void>): void {
  const dialog = byId('reset-dialog', HTMLDialogElement);
  byId('reset', HTMLButtonElement).addEventListener('click', () => dialog.showModal());
  byId('reset-cancel', HTMLButtonElement).addEventListener('click', () => dialog.close());
  byId('reset-confirm', HTMLButtonElement).addEventListener('click', () => {
    dialog.close();
    attempt(async () => {
      await control('POST', '/reset', {});
      await refresh();
      announce('The sandbox is reset.');
    });
  });
}
