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
import { getTemplates, getTemplateVariables } from '../../src/methods/phantomflow-methods.ts';
import { executeNode } from '../../src/operations/execute-node.ts';
import { PHANTOMFLOW_ACTIONS } from '../../src/operations/phantomflow/phantomflow-actions.ts';
import { RENDER_AND_WAIT_HINTS } from '../../src/operations/render-and-wait-hints.ts';
import { answerCallback } from '../../src/parking/answer-callback.ts';
import { CALLBACK_WEBHOOKS } from '../../src/parking/callback-webhooks.ts';
import { PHANTOMFLOW_PROPERTIES } from '../../src/properties/phantomflow-properties.ts';

/** PhantomFlow: films from JSON scripts and stored templates. */
export class PhantomFlow implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'PhantomFlow',
    name: 'phantomFlow',
    icon: { light: 'file:../../icons/phantomFlow.svg', dark: 'file:../../icons/phantomFlow.dark.svg' },
    group: ['transform'],
    version: 1,
    subtitle: '={{$parameter["operation"] + ": " + $parameter["resource"]}}',
    description: 'Render films with PhantomFlow inside the limits of the account, from movie scripts and templates',
    defaults: { name: 'PhantomFlow' },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: OUTPUTS_EXPRESSION,
    credentials: [{ name: 'phantomFlowApi', required: true }],
    webhooks: CALLBACK_WEBHOOKS,
    hints: RENDER_AND_WAIT_HINTS,
    properties: PHANTOMFLOW_PROPERTIES,
  };

  methods = { listSearch: { getTemplates }, resourceMapping: { getTemplateVariables } };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    return executeNode(this, PHANTOMFLOW_ACTIONS);
  }

  /** A provider tells that a job of a parked execution has ended. */
  async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
    return answerCallback(this, 'phantomflow');
  }
}
