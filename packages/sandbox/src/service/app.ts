import { Hono } from 'hono';
import { PHANTOMFLOW_VOCABULARY } from '../dialects/phantomflow/dialect.ts';
import { phantomflowRoutes } from '../dialects/phantomflow/routes.ts';
import { RENDOBAR_VOCABULARY } from '../dialects/rendobar/dialect.ts';
import { rendobarRoutes } from '../dialects/rendobar/routes.ts';
import { controlPlane } from './control-plane.ts';
import type { FaultVocabulary } from './faults.ts';
import type { Provider } from './plans.ts';
import type { SandboxService } from './service.ts';
import type { SocketBindings } from './transport-faults.ts';
import { SANDBOX_VERSION } from './version.ts';

/** On every answer, so that nobody takes the sandbox for the vendor. */
export const SANDBOX_HEADER = 'x-renderq-sandbox';

/** What fault rules may name, per provider. */
export const VOCABULARY: Readonly<Record<Provider, FaultVocabulary>> = {
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
  if (options.withControlPlane) app.route('/_sandbox', controlPlane(service));

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
    Response.json({ error: { code: 'NOT_FOUND', message: 'See GET / for the base URLs.' } }, { status: 404 }),
  );

  return { fetch: (request, bindings = {}) => app.fetch(request, bindings) };
}
