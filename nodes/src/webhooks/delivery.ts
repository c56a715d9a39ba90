import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

/** The bytes as they arrived, which alone a signature fits; n8n keeps them on the request. */
export function rawBody(context: Pick<IWebhookFunctions, 'getRequestObject' | 'getBodyData'>): Uint8Array {
  const { rawBody: raw } = context.getRequestObject() as { readonly rawBody?: unknown };
  if (raw instanceof Uint8Array) return raw;
  return new TextEncoder().encode(JSON.stringify(context.getBodyData()));
}

/** Answers with a status that makes the sender stop (4xx), or come again (5xx), and starts nothing. */
export function refuseDelivery(
  context: Pick<IWebhookFunctions, 'getResponseObject'>,
  status: 400 | 401 | 503,
  message: string,
): IWebhookResponseData {
  context.getResponseObject().status(status).json({ received: false, message });
  return { noWebhookResponse: true };
}

/**
 * Answers whatever goes wrong with 503, so that the sender comes again. A webhook must never throw: n8n would start or resume
 * the workflow with an empty item.
 */
export async function neverThrowing(
  context: Pick<IWebhookFunctions, 'getResponseObject'>,
  take: () => Promise<IWebhookResponseData>,
): Promise<IWebhookResponseData> {
  try {
    return await take();
  } catch {
    return refuseDelivery(context, 503, 'This could not be looked into. Call again.');
  }
}

/** Answers 200 and starts nothing. */
export function ignoreDelivery(reason: string): IWebhookResponseData {
  return { webhookResponse: { received: true, ignored: reason } };
}

/** Answers 200 and starts the workflow with one item. */
export function emitItem(json: IDataObject): IWebhookResponseData {
  return { webhookResponse: { received: true }, workflowData: [[{ json }]] };
}
