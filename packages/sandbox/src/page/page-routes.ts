import { readFile } from 'node:fs/promises';
import { Hono } from 'hono';
import type { Vocabularies } from '../service/fault-check.ts';
import { sendFile } from '../service/send-file.ts';
import type { SandboxService } from '../service/service.ts';
import { jobLog } from './job-log.ts';
import { answerMissing, answerText, asOutput } from './page-answers.ts';
import { PAGE_HTML } from './page-html.ts';
import { PAGE_ICON } from './page-icon.ts';
import { PAGE_STYLE } from './page-style.ts';
import { readAbout } from './read-about.ts';
import { readState } from './read-state.ts';

/** Browser modules stand beside this one; a name outside this form is none of them. */
const SCRIPT_NAME = /^[a-z]+(?:-[a-z]+)*\.js$/;

/**
 * What the status page loads, to be mounted at `/_sandbox/page` behind the control plane's guard. None of it passes a
 * vendor's front door: looking at the page is no request of any account and stands in no journal.
 */
export function pageRoutes(service: SandboxService, vocabularies: Vocabularies): Hono {
  const app = new Hono();

  app.get('/about', (c) => {
    const about = readAbout(service.publicUrl(), vocabularies);
    return answerText(c.req.raw, JSON.stringify(about), 'application/json');
  });
  app.get('/state', (c) => answerText(c.req.raw, JSON.stringify(readState(service)), 'application/json'));

  app.get('/style.css', (c) => answerText(c.req.raw, PAGE_STYLE, 'text/css'));
  app.get('/icon.svg', (c) => answerText(c.req.raw, PAGE_ICON, 'image/svg+xml'));
  app.get('/client/:script', async (c) => {
    const script = c.req.param('script');
    const code = SCRIPT_NAME.test(script) ? await readScript(script) : undefined;
    return code === undefined
      ? answerMissing('There is no such script.')
      : answerText(c.req.raw, code, 'text/javascript');
  });

  app.get('/jobs/:id/files/:index', async (c) => {
    const file = service.jobs.get(c.req.param('id'))?.files[Number(c.req.param('index'))];
    const answer = file && (await sendFile(file.path, file.name, c.req.raw));
    return answer ? asOutput(answer) : answerMissing('The file is gone.');
  });
  app.get('/jobs/:id/log', (c) => {
    const job = service.jobs.get(c.req.param('id'));
    return job ? asOutput(answerText(c.req.raw, jobLog(job), 'text/plain')) : answerMissing('The job is gone.');
  });

  return app;
}

/** The page itself for a browser; undefined for a program, which is better served with JSON. */
export function answerPage(request: Request): Response | undefined {
  if (!request.headers.get('accept')?.includes('text/html')) return undefined;
  const answer = answerText(request, PAGE_HTML, 'text/html');
  answer.headers.set('vary', 'accept');
  return answer;
}

async function readScript(name: string): Promise<string | undefined> {
  return readFile(new URL(`./client/${name}`, import.meta.url), 'utf8').catch(() => undefined);
}
