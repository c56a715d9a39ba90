import { Hono } from 'hono';
import { RenderFault } from '../../engine/renderer.ts';
import type { Account } from '../../service/accounts.ts';
import { type CallEnv, frontDoor } from '../../service/front-door.ts';
import type { Job } from '../../service/job.ts';
import { sendFile } from '../../service/send-file.ts';
import type { SandboxService } from '../../service/service.ts';
import { phantomflowDialect } from './dialect.ts';
import { answerError, Refusal } from './errors.ts';
import { movieRules } from './movie-rules.ts';
import { findOutput, parseJson, submitRender } from './render.ts';
import { sendWebhook, settleCredits } from './settle.ts';
import { createTemplateStore, fillTemplate, isRecord } from './templates.ts';
import { viewJob, viewTemplate, wireOf } from './views.ts';

/** PhantomFlow's API, to be mounted at `/phantomflow`. */
export function phantomflowRoutes(service: SandboxService): Hono<CallEnv> {
  const app = new Hono<CallEnv>();
  const templates = createTemplateStore();
  const baseUrl = () => `${service.publicUrl()}/phantomflow`;

  service.hooksFor('phantomflow', {
    onEnded: (job) => sendWebhook(settleCredits(job, service), service, baseUrl()),
    onReset: (accountId) => templates.clear(accountId),
  });

  app.use('*', frontDoor(phantomflowDialect, service));
  app.onError((error) => {
    if (error instanceof Refusal) return answerError(error.code, { message: error.message, fields: error.fields });
    if (!(error instanceof RenderFault)) service.noteDefect(error);
    return answerError('INTERNAL_ERROR');
  });

  /** API reference: 202 with what the render will cost and what is left. */
  function accepted(job: Job, account: Account): Response {
    const body = {
      job_id: job.id,
      status: 'queued',
      estimated_credits: wireOf(job).estimatedCredits,
      credits_remaining: account.ledger.balance,
    };
    return Response.json(body, { status: 202 });
  }

  app.get('/api/render/schema', () => Response.json(movieRules(service.strict).schema));

  app.post('/api/render', (c) => {
    const account = c.get('account');
    const script = parseJson(c.get('body'));
    return accepted(submitRender({ script, account, takeJobFault: c.get('takeJobFault') }, service), account);
  });

  app.post('/api/render/template', (c) => {
    const account = c.get('account');
    const body = parseJson(c.get('body'));
    if (!isRecord(body)) throw new Refusal('INVALID_REQUEST', 'Request body must be an object');
    const { template_id: templateId, variables = {}, webhook_uri: webhookUri } = body;
    if (typeof templateId !== 'string' || templateId === '') {
      throw new Refusal('INVALID_REQUEST', 'template_id is required', { path: 'template_id' });
    }
    if (!isRecord(variables))
      throw new Refusal('INVALID_REQUEST', 'variables must be an object', { path: 'variables' });
    const filled = fillTemplate(templates.forRender(templateId, account.id).script, variables);
    // Whether the call may override the script is unknown; its webhook must have a place somewhere.
    const script = webhookUri === undefined ? filled : { ...filled, webhook_uri: webhookUri };
    const call = { script, templateId, account, takeJobFault: c.get('takeJobFault') };
    return accepted(submitRender(call, service), account);
  });

  app.get('/api/jobs', (c) => {
    const { limit, offset } = readPage(c.req.query());
    const jobs = service.jobs.ofAccount(c.get('account').id);
    const page = jobs.slice(offset, offset + limit).map((job) => viewJob(job, baseUrl()));
    return Response.json({ jobs: page, total: jobs.length, limit, offset });
  });

  app.get('/api/jobs/:id', (c) => {
    const job = service.jobs.get(c.req.param('id'));
    if (job?.accountId !== c.get('account').id) throw new Refusal('NOT_FOUND', 'Job not found');
    return Response.json(viewJob(job, baseUrl()));
  });

  app.post('/api/templates', (c) => {
    const body = parseJson(c.get('body'));
    if (!isRecord(body)) throw new Refusal('INVALID_REQUEST', 'Request body must be an object');
    const template = templates.create(body, c.get('account').id, service.clock.now());
    return Response.json(viewTemplate(template), { status: 201 });
  });

  app.get('/api/templates', (c) =>
    Response.json({ templates: templates.visibleTo(c.get('account').id).map(viewTemplate) }),
  );

  app.get('/output/:file', async (c) => {
    const name = c.req.param('file');
    const job = findOutput(name, service);
    // The vendor's samples show plain public links; that one can expire is a rehearsal of storage that signs them.
    if (job?.fault?.output === 'expired') throw new Refusal('FORBIDDEN', 'The link has expired');
    const file = job?.fault?.output === 'gone' ? undefined : job?.files[0];
    const answer = file && (await sendFile(file.path, name, c.req.raw));
    if (!answer) throw new Refusal('NOT_FOUND', 'Output not found');
    return answer;
  });

  // Not `notFound`: a mounted app is never asked for its own.
  app.all('*', () => answerError('NOT_FOUND', { message: 'Resource not found' }));
  return app;
}

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 100;

/** Paging of the job list is undocumented: parameters that make no sense are ignored, as an unknown one would be. */
function readPage(query: Readonly<Record<string, string>>): { readonly limit: number; readonly offset: number } {
  const limit = Number(query.limit ?? DEFAULT_LIMIT);
  const offset = Number(query.offset ?? 0);
  return {
    limit: Number.isInteger(limit) && limit > 0 ? Math.min(limit, MAX_LIMIT) : DEFAULT_LIMIT,
    offset: Number.isInteger(offset) && offset > 0 ? offset : 0,
  };
}
