import { createHash } from 'node:crypto';
import { Hono } from 'hono';
import { RenderFault } from '../../engine/renderer.ts';
import type { Account } from '../../service/accounts.ts';
import { type CallEnv, frontDoor } from '../../service/front-door.ts';
import type { Job } from '../../service/job.ts';
import type { SandboxService } from '../../service/service.ts';
import { settleLater, viewBillingState, viewCapabilities, viewOrganization } from './billing.ts';
import { createCallbackSender } from './callbacks.ts';
import { canonicalType, FFMPEG_ENTRY, FFMPEG_SCHEMA_VIEW, LIVE_TYPES } from './catalogue.ts';
import { rendobarDialect } from './dialect.ts';
import { download, streamOutput } from './downloads.ts';
import { answerError, invalid, Refusal } from './errors.ts';
import { readListQuery } from './job-list.ts';
import { submitJob } from './submit.ts';
import { parseObject } from './submit-body.ts';
import { type ViewContext, viewJob, viewLogs } from './views.ts';
import { createWebhookEndpoints } from './webhook-endpoints.ts';

/** Rendobar's API, to be mounted at `/rendobar`. */
export function rendobarRoutes(service: SandboxService): Hono<CallEnv> {
  const app = new Hono<CallEnv>();
  const callbacks = createCallbackSender(service);
  const endpoints = createWebhookEndpoints(service);
  const data = (value: unknown, status = 200) => Response.json({ data: value }, { status });

  const viewFor = (account: Account): ViewContext => ({
    links: service.links,
    account,
    baseUrl: `${service.publicUrl()}/rendobar`,
    now: service.clock.now(),
  });

  function ownJob(id: string, account: Account): Job {
    const job = service.jobs.get(id);
    // Another organization's job is "not found", so that ids tell nothing.
    if (!job || job.accountId !== account.id) throw new Refusal('NOT_FOUND', 'Job not found.');
    return job;
  }

  function notify(job: Job): void {
    const account = service.accounts.byId(job.accountId);
    if (!account) return;
    callbacks.notify(job, viewFor(account));
    endpoints.notify(job, viewFor(account));
  }

  service.hooksFor('rendobar', {
    onStarted: notify,
    onEnded(job) {
      const account = service.accounts.byId(job.accountId);
      if (account) settleLater(job, account, service.jobs, service.clock);
      notify(job);
    },
    onReset: (accountId) => endpoints.clear(accountId),
  });

  app.use('*', frontDoor(rendobarDialect, service));
  app.notFound(() => answerError('NOT_FOUND', { message: 'There is no such route.' }));
  app.onError((error) => {
    if (error instanceof Refusal) return answerError(error.code, error.answer);
    if (error instanceof RenderFault) return answerError('NOT_CONFIGURED', { message: error.message });
    service.noteDefect(error);
    return answerError('INTERNAL_ERROR');
  });

  app.get('/health', () => Response.json({ status: 'ok' }));

  app.get('/jobs/types', () => data([FFMPEG_ENTRY]));
  app.get('/jobs/types/:type/schema', (c) => {
    const type = c.req.param('type');
    if (canonicalType(type) !== 'ffmpeg') {
      if (LIVE_TYPES.includes(type)) throw new Refusal('NOT_IMPLEMENTED', `The local sandbox has no "${type}" jobs.`);
      throw new Refusal('NOT_FOUND', 'Unknown job type.');
    }
    const headers = { etag: SCHEMA_ETAG, 'cache-control': 'public, max-age=300', 'content-type': 'application/json' };
    const isKnown = c.req.header('if-none-match')?.split(/,\s*/).includes(SCHEMA_ETAG);
    return isKnown ? new Response(null, { status: 304, headers }) : new Response(SCHEMA_BODY, { headers });
  });

  app.post('/ffmpeg/validate', async (c) => {
    const { command } = parseObject(c.get('body'));
    if (typeof command !== 'string') throw invalid('command', 'command must be a string.');
    const renderer = await service.engine.ready();
    try {
      const { args, outputNames } = renderer.checkCommand({ command, inputs: {} });
      const inferredOutputFormat = outputNames[0]?.split('.').at(-1) ?? null;
      return data({ valid: true, args, inferredOutputFormat });
    } catch (error) {
      if (!(error instanceof RenderFault)) throw error;
      return data({ valid: false, error: error.message });
    }
  });

  app.get('/dl/:job', (c) => download(c.req.param('job'), undefined, c.req.query('token') ?? '', c.req.raw, service));
  app.get('/v/:job/:token/:file{.+}', (c) => {
    const { job, token, file } = c.req.param();
    return download(job, file, token, c.req.raw, service);
  });

  app.post('/jobs', async (c) => {
    const account = c.get('account');
    const source = c.req.header('x-rendobar-client')?.split('/')[0] ?? 'api';
    const call = { text: c.get('body'), account, source, takeJobFault: c.get('takeJobFault'), onAccepted: notify };
    const { job, isReplay } = await submitJob(call, service);
    const view = { id: job.id, status: job.state };
    return isReplay ? data({ ...view, idempotent: true }) : data(view, 201);
  });

  app.get('/jobs', (c) => {
    const account = c.get('account');
    const { limit, offset, accepts } = readListQuery(c.req.query());
    const found = service.jobs.ofAccount(account.id).filter(accepts);
    const page = found.slice(offset, offset + limit).map((job) => viewJob(job, viewFor(account)));
    const meta = { total: found.length, page: Math.floor(offset / limit) + 1, limit, offset };
    return Response.json({ data: page, meta });
  });

  app.get('/jobs/:id', (c) => {
    const account = c.get('account');
    return data(viewJob(ownJob(c.req.param('id'), account), viewFor(account)));
  });

  app.post('/jobs/:id/cancel', (c) => {
    const account = c.get('account');
    const job = ownJob(c.req.param('id'), account);
    const cancelled = service.scheduler.cancel(job.id);
    if (!cancelled) throw new Refusal('CONFLICT', `The job has ended already: it is ${job.state}.`);
    return data(viewJob(cancelled, viewFor(account)));
  });

  app.get('/jobs/:id/logs', (c) => {
    const lines = viewLogs(ownJob(c.req.param('id'), c.get('account')));
    if (lines.length === 0) throw new Refusal('NOT_FOUND', 'There are no logs for this job.');
    return data(lines);
  });

  app.get('/jobs/:id/download', (c) => streamOutput(ownJob(c.req.param('id'), c.get('account')), c.req.raw, service));

  app.get('/billing/state', (c) => {
    const account = c.get('account');
    return data(viewBillingState(account, service.jobs.ofAccount(account.id)));
  });
  app.get('/account/capabilities', (c) => data(viewCapabilities(c.get('account'))));
  app.get('/orgs/current', (c) => data(viewOrganization(c.get('account'))));
  app.get('/orgs/current/callback-secret', (c) => data({ secret: callbacks.secretOf(c.get('account').id) }));
  app.post('/orgs/current/callback-secret/rotate', (c) => data({ secret: callbacks.rotate(c.get('account').id) }));

  app.post('/webhooks/endpoints', (c) => data(endpoints.create(parseObject(c.get('body')), c.get('account').id), 201));
  app.get('/webhooks/endpoints', (c) => data(endpoints.list(c.get('account').id)));
  app.get('/webhooks/endpoints/:id', (c) => data(endpoints.get(c.req.param('id'), c.get('account').id)));
  app.patch('/webhooks/endpoints/:id', (c) =>
    data(endpoints.update(c.req.param('id'), parseObject(c.get('body')), c.get('account').id)),
  );
  app.delete('/webhooks/endpoints/:id', (c) => {
    endpoints.remove(c.req.param('id'), c.get('account').id);
    return data({ deleted: true });
  });

  return app;
}

const SCHEMA_BODY = JSON.stringify({ data: FFMPEG_SCHEMA_VIEW });
const SCHEMA_ETAG = `"${createHash('sha256').update(SCHEMA_BODY).digest('hex').slice(0, 16)}"`;
