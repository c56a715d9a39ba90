import type { IWebhookDescription } from 'n8n-workflow';

/**
 * The address at which a parked execution is resumed. A constant of its own, because n8n's linter takes a list that stands
 * in a node's description for one that must be registered with the provider, which this one is not: each job is given it.
 */
export const CALLBACK_WEBHOOKS: IWebhookDescription[] = [
  {
    name: 'default',
    httpMethod: 'POST',
    responseMode: 'onReceived',
    path: '',
    restartWebhook: true,
    isFullPath: true,
  },
];
