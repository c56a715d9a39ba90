import type { IWebhookDescription } from 'n8n-workflow';

/**
 * The address of the PhantomFlow Trigger. PhantomFlow has no list of addresses to register it in: each render names its own.
 */
export const NOTICE_WEBHOOKS: IWebhookDescription[] = [
  { name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'webhook' },
];
