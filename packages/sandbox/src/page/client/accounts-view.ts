import { copyButton } from './copy-button.ts';
import { byId, element, setAttribute, setText, show } from './dom.ts';
import { formatCredits, formatSpan } from './format.ts';
import { keyedList, type Row } from './keyed-list.ts';
import type { About, AccountState, PageState, ProviderAbout } from './page-state.ts';

/** A card for each provider: where to point a client, the keys that work, and what each has in use. */
export function accountsView(about: About): (state: PageState, now: number) => void {
  let now = 0;
  const cards = about.providers.map((provider) => {
    const body = element('tbody');
    byId('accounts', HTMLElement).append(providerCard(provider, body));
    const fill = keyedList<AccountState>(
      body,
      ({ id }) => id,
      (account) => accountRow(account, () => now),
    );
    return { provider: provider.provider, fill };
  });
  return (state, at) => {
    now = at;
    for (const { provider, fill } of cards) fill(state.accounts.filter((account) => account.provider === provider));
  };
}

const HEADINGS = ['Plan', 'API key', 'Requests/min', 'Slots', 'Balance'];

function providerCard({ provider, name, baseUrl }: ProviderAbout, body: HTMLTableSectionElement): HTMLElement {
  const heading = element('h3', { id: `provider-${provider}`, 'data-provider': provider }, name);
  const url = element(
    'p',
    { class: 'base-url' },
    element('code', {}, baseUrl),
    copyButton(`${name} base URL`, () => baseUrl),
  );
  const head = HEADINGS.map((text) => element('th', { scope: 'col' }, text));
  const table = element(
    'table',
    { 'aria-labelledby': heading.id },
    element('thead', {}, element('tr', {}, ...head)),
    body,
  );
  return element('article', { class: 'panel provider', 'aria-labelledby': heading.id }, heading, url, table);
}

function accountRow(first: AccountState, now: () => number): Row<AccountState> {
  const { key, id, provider } = first;
  const plan = element('th', { scope: 'row' });
  const name = element('code', {}, key ?? id);
  const keyCell = element(
    'td',
    { class: 'key' },
    name,
    // Only the hash of any other key is known here.
    key === undefined ? element('span', { class: 'quiet' }, 'your own key') : copyButton(`key ${key}`, () => key),
  );
  const window = gauge('requests in this minute');
  const slots = gauge('job slots in use');
  const credits = element('td', { class: 'credits', 'data-label': 'Balance' });
  const windowCell = element('td', { 'data-label': 'Requests/min' }, window.node);
  const slotsCell = element('td', { 'data-label': 'Slots' }, slots.node);
  const node = element('tr', {}, plan, keyCell, windowCell, slotsCell, credits);
  return {
    node,
    update(account) {
      setText(plan, account.plan);
      const { used, limit, resetsAt } = account.window;
      window.update(used, limit, resetsAt === null ? '' : `${formatSpan(roundUp(resetsAt - now()))} left`);
      const { active, waiting } = account.slots;
      slots.update(active, account.slots.limit, waiting === 0 ? '' : `${waiting} waiting`);
      setText(credits, formatCredits(provider, account.credits));
      setAttribute(credits, 'data-tone', account.credits <= 0 ? 'bad' : false);
      setAttribute(node, 'data-used', used > 0 || active > 0 || waiting > 0);
    },
  };
}

/** Whole seconds, so that a countdown does not flicker between units. */
const roundUp = (ms: number) => Math.ceil(Math.max(0, ms) / 1000) * 1000;

/** A bar with its numbers beside it. */
function gauge(what: string) {
  const bar = element('meter', { min: 0, 'aria-label': what });
  const numbers = element('span', { class: 'numbers' });
  const note = element('span', { class: 'quiet note' });
  const node = element('div', { class: 'gauge' }, numbers, note, bar);
  return {
    node,
    update(used: number, limit: number, text: string) {
      bar.max = Math.max(1, limit);
      bar.value = used;
      const isFull = used >= limit;
      setAttribute(bar, 'data-tone', isFull ? 'bad' : used >= limit * 0.8 ? 'warn' : 'good');
      setAttribute(numbers, 'data-tone', isFull ? 'bad' : false);
      setText(numbers, `${used} / ${limit}`);
      setText(note, text);
      show(note, text !== '');
    },
  };
}
