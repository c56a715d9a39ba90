export { createDeliveryLog, type DeliveryLog, type DeliveryOutcome } from './delivery-log.ts';
export {
  RENDOBAR_EVENTS,
  type RendobarBalanceEvent,
  type RendobarEvent,
  type RendobarEventName,
  type RendobarJobEvent,
  type RendobarOtherEvent,
} from './rendobar-event.ts';
export {
  createRendobarWebhookReceiver,
  type RendobarWebhookOptions,
  type RendobarWebhookPorts,
  type RendobarWebhookReceiver,
  type WebhookHeaders,
} from './rendobar-webhook.ts';
export { webhookRefusalStatus } from './webhook-refusal.ts';
