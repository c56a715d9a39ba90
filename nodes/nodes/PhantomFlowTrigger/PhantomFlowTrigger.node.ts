import {
  type INodeType,
  type INodeTypeDescription,
  type IWebhookFunctions,
  type IWebhookResponseData,
  NodeConnectionTypes,
} from 'n8n-workflow';
import { NOTICE_WEBHOOKS } from '../../src/triggers/notice-webhooks.ts';
import { takePhantomFlowNotice } from '../../src/triggers/phantomflow-trigger.ts';

/** Starts a workflow when PhantomFlow tells that a render has ended. */
export class PhantomFlowTrigger implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'PhantomFlow Trigger',
    name: 'phantomFlowTrigger',
    icon: { light: 'file:../../icons/phantomFlow.svg', dark: 'file:../../icons/phantomFlow.dark.svg' },
    group: ['trigger'],
    version: 1,
    subtitle: '={{$parameter["states"].join(", ")}}',
    description: 'Starts the workflow when PhantomFlow tells that a render has ended',
    eventTriggerDescription: 'Waiting for PhantomFlow to call the webhook URL',
    defaults: { name: 'PhantomFlow Trigger' },
    inputs: [],
    outputs: [NodeConnectionTypes.Main],
    credentials: [{ name: 'phantomFlowApi', required: true }],
    webhooks: NOTICE_WEBHOOKS,
    properties: [
      {
        displayName:
          'PhantomFlow keeps no list of webhooks: put the URL above into the <code>webhook_uri</code> of each movie. Its calls are not signed, so the job is read with your API key before anything starts.',
        name: 'addressNotice',
        type: 'notice',
        default: '',
      },
      {
        displayName: 'Renders',
        name: 'states',
        type: 'multiOptions',
        required: true,
        options: [
          { name: 'Completed', value: 'succeeded', description: 'The film is there' },
          { name: 'Failed', value: 'failed', description: 'The render ended with an error' },
        ],
        default: ['succeeded', 'failed'],
        description: 'Which ends of a render to start the workflow for',
      },
    ],
  };

  async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
    return takePhantomFlowNotice(this);
  }
}
