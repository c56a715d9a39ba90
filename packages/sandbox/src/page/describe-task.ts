import type { RenderTask } from '../service/job.ts';

/** What a job renders, in one line. */
export interface TaskInWords {
  readonly title: string;
  readonly measure?: string;
}

const LONGEST_TITLE = 240;

/** The schema's defaults: what a script that says nothing is rendered as. */
const DEFAULTS = { width: 1920, height: 1080, sceneSeconds: 5 };

/** A task never changes, and the page asks for its words several times a second. */
const known = new WeakMap<RenderTask, TaskInWords>();

/** Names a job by what its caller wrote: a movie's name or first words, or the command. Holds no signed URL. */
export function describeTask(task: RenderTask): TaskInWords {
  const words = known.get(task) ?? findWords(task);
  known.set(task, words);
  return words;
}

function findWords(task: RenderTask): TaskInWords {
  if (task.kind === 'command') return { title: oneLine(task.command.command.replace(/^\s*ffmpeg\s+/, '')) };
  const scenes = listOf(task.movie.scenes).map(recordOf);
  const texts = scenes.flatMap(({ elements }) => listOf(elements).map((element) => textOf(recordOf(element).text)));
  const names = [task.movie.name, task.movie.title].map(textOf);
  const title = [...names, ...texts].find((text) => text !== '') ?? 'Movie without words';
  const seconds = scenes.reduce((sum, { duration }) => sum + numberOf(duration, DEFAULTS.sceneSeconds), 0);
  const { width, height } = task.movie;
  const size = `${numberOf(width, DEFAULTS.width)} × ${numberOf(height, DEFAULTS.height)}`;
  const count = scenes.length === 1 ? '1 scene' : `${scenes.length} scenes`;
  return { title: oneLine(title), measure: `${size}, ${count}, ${Math.round(seconds * 10) / 10} s` };
}

/** Takes credentials and queries out of every URL in a text: either may be a signature. */
export function withoutUrlSecrets(text: string): string {
  // A scheme is short: without that bound a long text of dots would take quadratic time.
  return text.replace(
    /\b([a-z][a-z0-9+.-]{0,20}:\/\/)([^\s"'/?#]*@)?([^\s"'?#]*)([?#][^\s"']*)?/gi,
    (_url, scheme: string, _user: string | undefined, rest: string, query: string | undefined) =>
      `${scheme}${rest}${query === undefined ? '' : '?…'}`,
  );
}

function oneLine(text: string): string {
  const line = withoutUrlSecrets(text).replace(/\s+/g, ' ').trim();
  return line.length > LONGEST_TITLE ? `${line.slice(0, LONGEST_TITLE - 1).trimEnd()}…` : line;
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const textOf = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');
const numberOf = (value: unknown, otherwise: number): number => (typeof value === 'number' ? value : otherwise);
const recordOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
