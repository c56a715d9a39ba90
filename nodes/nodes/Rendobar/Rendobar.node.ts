import {
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
  type IWebhookFunctions,
  type IWebhookResponseData,
  NodeConnectionTypes,
} from 'n8n-workflow';
import { OUTPUTS_EXPRESSION } from '../../src/items/outcome-outputs.ts';
import { getJobFields, getJobTypes } from '../../src/methods/rendobar-methods.ts';
import { executeNode } from '../../src/operations/execute-node.ts';
import { RENDER_AND_WAIT_HINTS } from '../../src/operations/render-and-wait-hints.ts';
import { RENDOBAR_ACTIONS } from '../../src/operations/rendobar/rendobar-actions.ts';
import { answerCallback } from '../../src/parking/answer-callback.ts';
import { CALLBACK_WEBHOOKS } from '../../src/parking/callback-webhooks.ts';
import { RENDOBAR_PROPERTIES } from '../../src/properties/rendobar-properties.ts';

/** Rendobar: FFmpeg, compositions, captions and images as jobs. */
export class Rendobar implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Rendobar',
    name: 'rendobar',
    icon: { light: 'file:../../icons/rendobar.svg', dark: 'file:../../icons/rendobar.dark.svg' },
    group: ['transform'],
    version: 1,
    subtitle: '={{$parameter["operation"] + ": " + $parameter["resource"]}}',
    description: 'Render with Rendobar inside the limits of the account: FFmpeg, compositions, captions and images',
    defaults: { name: 'Rendobar' },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: OUTPUTS_EXPRESSION,
    credentials: [{ name: 'rendobarApi', required: true }],
    webhooks: CALLBACK_WEBHOOKS,
    hints: RENDER_AND_WAIT_HINTS,
    properties: RENDOBAR_PROPERTIES,
  };

  methods = { loadOptions: { getJobTypes }, resourceMapping: { getJobFields } };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    return executeNode(this, RENDOBAR_ACTIONS);
  }

  /** A provider tells that a job of a parked execution has ended. */
  async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
    return answerCallback(this, 'rendobar');
  }
}
