import { announce } from './announce.ts';
import { byId, element, setText, show } from './dom.ts';
import { formatClock, formatDate, formatNumber, formatSpan } from './format.ts';
import { keyedList, type Row } from './keyed-list.ts';
import type { About, PageState, RequestEntry } from './page-state.ts';
import { control } from './service-calls.ts';
import { attempt } from './trouble.ts';

/** The journal: who called what, how it was answered, and whether a fault rule had a hand in it. */
export function requestsView(about: About, refresh: () => Promise<void>): (state: PageState) => void {
  const refused = byId('requests-refused', HTMLInputElement);
  const count = byId('requests-count', HTMLElement);
  const empty = byId('requests-empty', HTMLElement);
  const words = new Map<string, string>(
    about.providers.flatMap(({ provider, answers }) =>
      answers.map((answer) => [`${provider} ${answer.code}`, answer.words] as const),
    ),
  );
  const names = new Map<string, string>(about.providers.map(({ provider, name }) => [provider, name]));
  const fill = keyedList<RequestEntry>(
    byId('requests-list', HTMLTableSectionElement),
    ({ id }) => id,
    (entry) => requestRow(entry, names, words.get(`${entry.provider} ${entry.code}`)),
  );
  byId('requests-clear', HTMLButtonElement).addEventListener('click', () =>
    attempt(async () => {
      await control('DELETE', '/requests');
      await refresh();
      announce('The journal is cleared.');
    }),
  );

  let last: PageState | undefined;
  const render = (state: PageState) => {
    last = state;
    const { total, shown } = state.requests;
    const kept = refused.checked
      ? shown.filter(({ status, transport }) => status >= 400 || transport !== undefined)
      : shown;
    setText(
      count,
      total > shown.length ? `the newest ${shown.length} of ${formatNumber(total)}` : total ? `${total}` : '',
    );
    show(byId('requests-scroll', HTMLElement), kept.length > 0);
    show(empty, kept.length === 0);
    setText(
      empty,
      total === 0
        ? 'No calls yet. Point a client at one of the base URLs above.'
        : 'No call among these has been refused.',
    );
    fill(kept);
  };
  refused.addEventListener('change', () => last && render(last));
  return render;
}

/** A call never changes after it has ended: the row is written once. */
function requestRow(
  entry: RequestEntry,
  names: ReadonlyMap<string, string>,
  words: string | undefined,
): Row<RequestEntry> {
  const { at, provider, method, path, status, code, transport, faultId, durationMs, client } = entry;
  const tone = status >= 500 || transport !== undefined ? 'bad' : status >= 400 ? 'warn' : 'good';
  const fault =
    faultId === undefined ? [] : [element('span', { class: 'chip', 'data-tone': 'warn' }, faultInWords(faultId))];
  const time = element('time', { datetime: new Date(at).toISOString(), title: formatDate(at) }, formatClock(at));
  const node = element(
    'tr',
    {},
    element('td', { class: 'time' }, time),
    element(
      'td',
      {},
      element('span', { class: 'provider-name', 'data-provider': provider }, names.get(provider) ?? provider),
    ),
    element('td', { class: 'call', title: `${method} ${path}` }, element('b', {}, method), ' ', path),
    element('td', {}, element('span', { class: 'status', 'data-tone': tone }, status === 0 ? 'none' : String(status))),
    element(
      'td',
      { class: 'code', ...(words === undefined ? {} : { title: words }) },
      ...(code === undefined ? [] : [element('code', {}, code), ' ']),
      ...(transport === undefined ? [] : [`${transport} `]),
      ...fault,
    ),
    element('td', { class: 'number' }, formatSpan(durationMs)),
    element('td', { class: 'client quiet', title: client ?? '' }, client ?? ''),
  );
  return { node, update: () => undefined };
}

function faultInWords(faultId: string): string {
  return faultId === 'header' ? 'by header' : faultId.replace('_', ' ');
}
