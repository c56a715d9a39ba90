import { announce } from './announce.ts';
import { byId, element, setAttribute, setText, show } from './dom.ts';
import { keyedList, type Row } from './keyed-list.ts';
import type { FaultEntry, PageState } from './page-state.ts';
import { control } from './service-calls.ts';
import { attempt } from './trouble.ts';

/** The rules in force, each with a button that ends it. `refresh` shows the change at once. */
export function faultsView(refresh: () => Promise<void>): (state: PageState) => void {
  const list = byId('faults-list', HTMLOListElement);
  const empty = byId('faults-empty', HTMLElement);
  const clear = byId('faults-clear', HTMLButtonElement);
  const heading = list.closest('section')?.querySelector('h2');

  const remove = (id: string) =>
    attempt(async () => {
      await control('DELETE', `/faults/${encodeURIComponent(id)}`);
      await refresh();
      announce('The fault is removed.');
      // The button that had the focus is gone: a keyboard stays near.
      (list.querySelector('button') ?? byId('fault-provider', HTMLSelectElement)).focus();
    });
  clear.addEventListener('click', () =>
    attempt(async () => {
      await control('DELETE', '/faults');
      await refresh();
      announce('All faults are removed.');
      byId('fault-provider', HTMLSelectElement).focus();
    }),
  );

  const fill = keyedList<FaultEntry>(
    list,
    ({ id }) => id,
    (fault) => faultRow(fault, remove),
  );
  return ({ faults }) => {
    const inForce = faults.filter(({ isSpent }) => !isSpent).length;
    if (heading) setText(heading, inForce === 0 ? 'Faults in force' : `Faults in force (${inForce})`);
    show(empty, faults.length === 0);
    show(clear, faults.length > 1);
    fill(faults);
  };
}

function faultRow(first: FaultEntry, remove: (id: string) => void): Row<FaultEntry> {
  const { id, calls, effect } = first;
  const left = element('span', { class: 'chip' });
  const button = element(
    'button',
    { type: 'button', class: 'plain', 'aria-label': `Remove: ${calls} ${effect}` },
    'Remove',
  );
  button.addEventListener('click', () => remove(id));
  const node = element(
    'li',
    { class: 'fault' },
    element('p', { class: 'effect' }, effect),
    button,
    element('p', { class: 'quiet' }, `${id.replace('_', ' ')} · ${calls}`),
    left,
  );
  return {
    node,
    update({ uses, isSpent }) {
      setText(left, uses);
      setAttribute(left, 'data-tone', isSpent ? 'quiet' : 'warn');
      setAttribute(node, 'data-spent', isSpent);
    },
  };
}
