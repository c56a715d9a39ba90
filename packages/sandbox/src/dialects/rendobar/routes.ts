import { createHash } from 'node:crypto';
import { Hono } from 'hono';
import { RenderFault } from '../../engine/renderer.ts';
import type { Account } from '../../service/accounts.ts';
import { type CallEnv, frontDoor } from '../../service/front-door.ts';
import type { Job } from '../../service/job.ts';
import type { SandboxService } from '../../service/service.ts';
import { addAccountRoutes } from './account-routes.ts';
import { addAssetRoutes } from './asset-routes.ts';
import { createAssets } from './assets.ts';
import { settleLater } from './billing.ts';
import { createCallbackSender } from './callbacks.ts';
import { findType, TYPE_LIST } from './catalogue.ts';
import { rendobarDialect } from './dialect.ts';
import { download, streamOutput } from './downloads.ts';
import { answerError, invalid, Refusal } from './errors.ts';
import { viewTypeSchema } from './form-fields.ts';
import { readListQuery } from './job-list.ts';
import { viewModels } from './models.ts';
import { createShares, viewShare } from './shares.ts';
import { submitJob } from './submit.ts';
import { parseObject } from './submit-body.ts';
import { validateCommand } from './validate-command.ts';
import { type ViewContext, viewJob, viewLogs } from './views.ts';
import { createWebhookEndpoints } from './webhook-endpoints.ts';

/** Rendobar's API, to be mounted at `/rendobar`. */
export function rendobarRoutes(service: SandboxService): Hono<CallEnv> {
  const app = new Hono<CallEnv>();
  const callbacks = createCallbackSender(service);
  const endpoints = createWebhookEndpoints(service);
  const assets = createAssets(service);
  const shares = createShares();
  const baseUrl = () => `${service.publicUrl()}/rendobar`;
  const data = (value: unknown, status = 200) => Response.json({ data: value }, { status });

  const viewFor = (account: Account): ViewContext => ({
    links: service.links,
    account,
    baseUrl: baseUrl(),
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
      if (account) settleLater(job, account, service, (event) => endpoints.tellBalance(event, job, account));
      notify(job);
    },
    onReset(accountId) {
      for (const part of [endpoints, callbacks, assets, shares]) part.clear(accountId);
    },
  });

  app.use('*', frontDoor(rendobarDialect, service));
  app.onError((error) => {
    if (error instanceof Refusal) return answerError(error.code, error.answer);
    if (error instanceof RenderFault) return answerError('NOT_CONFIGURED', { message: error.message });
    service.noteDefect(error);
    return answerError('INTERNAL_ERROR');
  });

  app.get('/health', () => Response.json({ status: 'ok' }));

  app.get('/jobs/types', () => data(TYPE_LIST));
  app.get('/jobs/types/:type/schema', (c) => {
    const spec = findType(c.req.param('type'));
    if (!spec) throw new Refusal('NOT_FOUND', 'Unknown job type.');
    const body = JSON.stringify({ data: viewTypeSchema(spec) });
    const etag = `"${createHash('sha256').update(body).digest('hex').slice(0, 16)}"`;
    const headers = { etag, 'cache-control': 'public, max-age=300', 'content-type': 'application/json' };
    const isKnown = c.req.header('if-none-match')?.split(/,\s*/).includes(etag);
    return isKnown ? new Response(null, { status: 304, headers }) : new Response(body, { headers });
  });
  app.get('/models', (c) => data(viewModels(c.req.query('job'))));

  app.post('/ffmpeg/validate', async (c) => {
    const { command } = parseObject(c.get('body'));
    if (typeof command !== 'string') throw invalid('command', 'command must be a string.');
    return data(validateCommand(command, await service.engine.ready()));
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
    const { job, isReplay } = await submitJob(call, assets, service);
    const view = { id: job.id, status: job.state };
    return isReplay ? data({ ...view, idempotent: true }) : data(view, 201);
  });

  app.get('/jobs', (c) => {
    const account = c.get('account');
    const { limit, offset, accepts, sorted } = readListQuery(c.req.query());
    const found = sorted(service.jobs.ofAccount(account.id).filter(accepts));
    const page = found.slice(offset, offset + limit).map((job) => viewJob(job, viewFor(account)));
    const pages = Math.ceil(found.length / limit);
    const meta = { total: found.length, page: Math.floor(offset / limit) + 1, pages, limit, offset };
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

  app.post('/jobs/:id/share', (c) => {
    const account = c.get('account');
    const job = ownJob(c.req.param('id'), account);
    // Rendobar's early OpenAPI file: sharing needs the Pro plan.
    if (account.plan.slug === 'free') throw new Refusal('PLAN_LIMIT', 'Sharing needs the Pro plan.');
    return data(viewShare(shares.create(job, service.clock.now()), baseUrl(), job), 201);
  });
  app.get('/jobs/:id/share', (c) => {
    const job = ownJob(c.req.param('id'), c.get('account'));
    const share = shares.ofJob(job.id);
    return data(share ? viewShare(share, baseUrl(), job) : null);
  });
  app.delete('/jobs/:id/share', (c) => {
    shares.remove(ownJob(c.req.param('id'), c.get('account')).id);
    return data({ deleted: true });
  });
  app.get('/s/:share/:file', (c) => {
    const job = service.jobs.get(shares.byId(c.req.param('share'))?.jobId ?? '');
    if (!job) throw new Refusal('NOT_FOUND');
    return streamOutput(job, c.req.raw, service);
  });

  addAssetRoutes(app, assets, service);
  addAccountRoutes(app, callbacks, endpoints, service);
  // Not `notFound`: a mounted app is never asked for its own.
  app.all('*', () => answerError('NOT_FOUND', { message: 'There is no such route.' }));
  return app;
}
