import { Hono } from 'hono';
import { PHANTOMFLOW_VOCABULARY } from '../dialects/phantomflow/dialect.ts';
import { phantomflowRoutes } from '../dialects/phantomflow/routes.ts';
import { RENDOBAR_VOCABULARY } from '../dialects/rendobar/dialect.ts';
import { rendobarRoutes } from '../dialects/rendobar/routes.ts';
import { answerPage, pageRoutes } from '../page/page-routes.ts';
import { controlPlane } from './control-plane.ts';
import type { Vocabularies } from './fault-check.ts';
import { SANDBOX_HEADER } from './mark.ts';
import type { SandboxService } from './service.ts';
import type { SocketBindings } from './transport-faults.ts';
import { SANDBOX_VERSION } from './version.ts';

/** What fault rules may name, per provider. */
export const VOCABULARY: Vocabularies = {
  rendobar: RENDOBAR_VOCABULARY,
  phantomflow: PHANTOMFLOW_VOCABULARY,
};

export interface SandboxApp {
  /** Rendobar, PhantomFlow and, where it is wanted, the control plane, behind one door. */
  readonly fetch: (request: Request, bindings?: SocketBindings) => Response | Promise<Response>;
}

export function createApp(service: SandboxService, options: { readonly withControlPlane: boolean }): SandboxApp {
  const app = new Hono<{ Bindings: SocketBindings }>();

  app.use('*', async (c, next) => {
    await next();
    c.res.headers.set(SANDBOX_HEADER, '1');
  });
  app.onError((error) => {
    service.noteDefect(error);
    return Response.json({ error: { code: 'INTERNAL', message: 'The sandbox has a defect.' } }, { status: 500 });
  });

  app.route('/rendobar', rendobarRoutes(service));
  app.route('/phantomflow', phantomflowRoutes(service));
  if (options.withControlPlane) {
    app.route('/_sandbox', controlPlane(service));
    // Below the control plane's path, and so behind its guard.
    app.route('/_sandbox/page', pageRoutes(service, VOCABULARY));
    app.get('/', async (c, next) => answerPage(c.req.raw) ?? next());
  }

  app.get('/', () =>
    Response.json({
      name: 'renderq sandbox',
      version: SANDBOX_VERSION,
      rendobar: `${service.publicUrl()}/rendobar`,
      phantomflow: `${service.publicUrl()}/phantomflow`,
      ...(options.withControlPlane ? { control: `${service.publicUrl()}/_sandbox/` } : {}),
    }),
  );
  app.notFound(() =>
    Response.json(
      { error: { code: 'NOT_FOUND', message: 'There is no such route. See GET / and GET /_sandbox/.' } },
      { status: 404 },
    ),
  );

  return { fetch: (request, bindings = {}) => app.fetch(request, bindings) };
}
