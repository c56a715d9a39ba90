import { announce } from './announce.ts';
import { copyButton } from './copy-button.ts';
import { byId, element, setAttribute, setText, show } from './dom.ts';
import { formatBytes, formatClock, formatCredits, formatNumber, formatSpan } from './format.ts';
import { keyedList, type Row } from './keyed-list.ts';
import type { About, FileEntry, JobEntry, JobState, PageState, Provider } from './page-state.ts';
import { fileUrl, logUrl } from './service-calls.ts';
import { playOnAttention, thumbnail } from './thumbnail.ts';

const STATE_WORDS: Readonly<Record<JobState, string>> = {
  waiting: 'Waiting',
  dispatched: 'Starting',
  running: 'Running',
  complete: 'Complete',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

/** The newest jobs with what they look like, how far they are and what went wrong. */
export function jobsView(about: About): (state: PageState, now: number) => void {
  const words = codesInWords(about);
  const names = new Map(about.providers.map(({ provider, name }) => [provider, name]));
  let now = 0;
  const fill = keyedList<JobEntry>(
    byId('jobs-list', HTMLOListElement),
    ({ id }) => id,
    (job) => jobRow(job, names.get(job.provider) ?? job.provider, words, () => now),
  );
  const tellEnds = endTeller();
  fillEmpty(about);
  return ({ jobs }, at) => {
    now = at;
    show(byId('jobs-empty', HTMLElement), jobs.total === 0);
    setText(byId('jobs-count', HTMLElement), countInWords(jobs.shown, jobs.total));
    fill(jobs.shown);
    tellEnds(jobs.shown);
  };
}

function countInWords(shown: readonly JobEntry[], total: number): string {
  if (total === 0) return '';
  const count = (...states: readonly JobState[]) => shown.filter(({ state }) => states.includes(state)).length;
  const parts = [
    [count('waiting', 'dispatched'), 'waiting'],
    [count('running'), 'running'],
    [count('complete'), 'complete'],
    [count('failed'), 'failed'],
    [count('cancelled'), 'cancelled'],
  ] as const;
  const states = parts.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`);
  const older = total > shown.length ? [`the newest ${shown.length} of ${formatNumber(total)}`] : [];
  return [...older, ...states].join(' · ');
}

function jobRow(first: JobEntry, provider: string, words: CodeWords, now: () => number): Row<JobEntry> {
  const picture = element('a', {
    class: 'thumb',
    target: '_blank',
    rel: 'noopener',
    tabindex: -1,
    'aria-hidden': 'true',
  });
  const state = element('span', { class: 'state' });
  const title = element(
    'p',
    { class: 'title' },
    element('span', { class: 'words', title: first.title }, first.title),
    ...(first.measure === undefined ? [] : [' ', element('span', { class: 'quiet' }, first.measure)]),
  );
  const facts = element('span', { class: 'quiet' });
  const bar = element('progress', { max: 1, 'aria-label': 'Progress' });
  const percent = element('span', { class: 'percent' });
  const progress = element('div', { class: 'progress' }, bar, percent);
  const error = element('p', { class: 'error' });
  const notes = element('ul', { class: 'warnings' });
  const links = element('p', { class: 'links' });
  const accepted = new Date(first.createdAt).toISOString();
  const head = element('p', { class: 'job-head' });
  const parts = [
    state,
    element('span', { class: 'provider-name', 'data-provider': first.provider }, provider),
    ...(first.rehearsed ? [element('span', { class: 'chip', 'data-tone': 'warn' }, 'fault rule')] : []),
    element('time', { class: 'quiet', datetime: accepted }, formatClock(first.createdAt)),
    facts,
    element('code', { class: 'quiet id', title: first.id }, shortId(first.id)),
  ];
  // With spaces between them, so that the line may break there.
  head.append(...parts.flatMap((part) => [part, ' ']));
  const text = element('div', { class: 'job-text' }, head, title, progress, error, notes);
  const node = element('li', { class: 'job' }, picture, text, links);
  playOnAttention(node);
  let last: JobState | undefined;

  return {
    node,
    update(job) {
      setText(facts, factsOf(job, now()).map(unbroken).join(' · '));
      const isUnderWay = job.state === 'running';
      show(progress, isUnderWay);
      if (isUnderWay) {
        bar.value = job.progress;
        setText(percent, `${Math.floor(job.progress * 100)} %`);
      }
      // Everything else changes with the state alone.
      if (job.state === last) return;
      last = job.state;
      setText(state, STATE_WORDS[job.state]);
      setAttribute(node, 'data-state', job.state);
      picture.replaceChildren(thumbnail(job));
      setAttribute(picture, 'href', job.files.length > 0 ? fileUrl(job.id, 0) : false);
      show(error, job.error !== undefined);
      if (job.error) error.replaceChildren(...errorInWords(job.error, words(job.provider, job.error.code)));
      notes.replaceChildren(...job.warnings.map((warning) => element('li', {}, warning)));
      show(notes, job.warnings.length > 0);
      links.replaceChildren(...linksOf(job));
    },
  };
}

function factsOf(job: JobEntry, now: number): readonly string[] {
  const { startedAt, completedAt, cost, files } = job;
  const isOver = completedAt !== undefined;
  const size = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return [
    ...(startedAt === undefined
      ? isOver
        ? ['never started']
        : [`queued for ${formatSpan(now - job.createdAt)}`]
      : [`${isOver ? 'took' : 'for'} ${formatSpan((completedAt ?? now) - startedAt)}`]),
    ...(size > 0 ? [formatBytes(size)] : []),
    ...(cost === undefined || cost === 0 ? [] : [formatCredits(job.provider, cost)]),
  ];
}

/** A number and its unit stay on one line. */
const unbroken = (text: string) => text.replaceAll(' ', '\u00a0');

function errorInWords(error: { readonly code: string; readonly message: string }, words: string | undefined) {
  const code = element('code', {}, error.code);
  return [code, ` ${error.message}`, ...(words === undefined || words === error.message ? [] : [` ${words}`])];
}

function linksOf(job: JobEntry): readonly Node[] {
  const link = (href: string, text: string, label: string) =>
    element('a', { href, target: '_blank', rel: 'noopener', 'aria-label': label }, text);
  const shown = job.files.slice(0, 4);
  const outputs = shown.map((file, index) => {
    const text = shown.length === 1 ? 'Output' : nameOf(file);
    return link(fileUrl(job.id, index), text, `Output ${file.name} of ${job.title}`);
  });
  const more = job.files.length - shown.length;
  return [
    ...outputs,
    ...(more > 0 ? [element('span', { class: 'quiet' }, `and ${more} more`)] : []),
    link(logUrl(job.id), 'Log', `Log of ${job.title}`),
    copyButton(`id of job ${job.id}`, () => job.id, 'Copy id'),
  ];
}

const nameOf = ({ name }: FileEntry) => name.split('/').at(-1) ?? name;

/** Enough of an id to tell jobs apart at a glance. */
const shortId = (id: string) => (id.length > 14 ? `${id.slice(0, 10)}…` : id);

type CodeWords = (provider: Provider, code: string) => string | undefined;

function codesInWords(about: About): CodeWords {
  const tables = new Map(
    about.providers.map(({ provider, answers }) => [
      provider,
      new Map(answers.map(({ code, words }) => [code, words])),
    ]),
  );
  return (provider, code) => tables.get(provider)?.get(code);
}

function fillEmpty(about: About): void {
  const samples = about.providers.map(({ name, example }) =>
    element(
      'div',
      { class: 'sample' },
      element(
        'p',
        {},
        element('strong', {}, name),
        copyButton(`${name} example`, () => example),
      ),
      element('pre', { tabindex: 0 }, example),
    ),
  );
  byId('jobs-empty', HTMLElement).append(element('p', {}, 'No jobs yet. Send a first one:'), ...samples);
}

/** Says which jobs have ended since the last look; those that had ended before the page was opened are old news. */
function endTeller(): (jobs: readonly JobEntry[]) => void {
  let known: ReadonlyMap<string, JobState> | undefined;
  return (jobs) => {
    const before = known;
    known = new Map(jobs.map(({ id, state }) => [id, state]));
    if (!before) return;
    const ended = jobs.filter(({ id, state, completedAt }) => completedAt !== undefined && before.get(id) !== state);
    const [only] = ended;
    if (ended.length === 1 && only) announce(`Job ${only.title}: ${STATE_WORDS[only.state]}.`);
    else if (ended.length > 1) announce(`${ended.length} jobs have ended.`);
  };
}
