import type { Hono } from 'hono';
import type { CallEnv } from '../../service/front-door.ts';
import type { SandboxService } from '../../service/service.ts';
import { viewBillingState, viewCapabilities, viewOrganization } from './billing.ts';
import type { CallbackSender } from './callbacks.ts';
import { Refusal } from './errors.ts';
import { parseObject } from './submit-body.ts';
import { viewUsage } from './usage.ts';
import type { WebhookEndpoints } from './webhook-endpoints.ts';

const data = (value: unknown, status = 200) => Response.json({ data: value }, { status });

/** Rendobar's routes about the organization: money, limits, keys, webhooks. */
export function addAccountRoutes(
  app: Hono<CallEnv>,
  callbacks: CallbackSender,
  endpoints: WebhookEndpoints,
  service: SandboxService,
): void {
  app.get('/billing/state', (c) => {
    const account = c.get('account');
    return data(viewBillingState(account, service.jobs.ofAccount(account.id)));
  });
  app.get('/billing/usage', (c) =>
    data(viewUsage(service.jobs.ofAccount(c.get('account').id), c.req.query(), service.clock.now())),
  );
  app.get('/account/capabilities', (c) => data(viewCapabilities(c.get('account'))));
  app.get('/orgs/current', (c) => data(viewOrganization(c.get('account'))));
  app.get('/orgs/current/callback-secret', (c) => data({ secret: callbacks.secretOf(c.get('account').id) }));
  app.post('/orgs/current/callback-secret/rotate', (c) => data({ secret: callbacks.rotate(c.get('account').id) }));

  // Rendobar scopes page: an API key can never hold keys:write.
  app.post('/api-keys', () => {
    throw new Refusal('INSUFFICIENT_SCOPE', 'The credential lacks the scope keys:write.', {
      headers: {
        'www-authenticate':
          'Bearer error="insufficient_scope", error_description="The credential lacks the scope keys:write.", scope="keys:write"',
      },
    });
  });
  // Connections to buckets of one's own are not rehearsed here: there are none.
  app.get('/storage', () => data([]));

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
  // The SDK has the method; its path is not published.
  app.post('/webhooks/endpoints/:id/rotate-secret', (c) =>
    data(endpoints.rotate(c.req.param('id'), c.get('account').id)),
  );
}
