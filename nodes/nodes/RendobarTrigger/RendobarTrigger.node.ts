import {
  type IHookFunctions,
  type INodeType,
  type INodeTypeDescription,
  type IWebhookFunctions,
  type IWebhookResponseData,
  NodeConnectionTypes,
} from 'n8n-workflow';
import { rendobarRegistration, takeRendobarDelivery } from '../../src/triggers/rendobar-trigger.ts';

/** Starts a workflow when Rendobar tells of a job or of the balance. */
export class RendobarTrigger implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Rendobar Trigger',
    name: 'rendobarTrigger',
    icon: { light: 'file:../../icons/rendobar.svg', dark: 'file:../../icons/rendobar.dark.svg' },
    group: ['trigger'],
    version: 1,
    subtitle: '={{$parameter["events"].join(", ")}}',
    description: 'Starts the workflow when Rendobar tells of a job or of the balance',
    eventTriggerDescription: 'Waiting for Rendobar to tell of a job',
    defaults: { name: 'Rendobar Trigger' },
    inputs: [],
    outputs: [NodeConnectionTypes.Main],
    credentials: [{ name: 'rendobarApi', required: true }],
    webhooks: [{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'webhook' }],
    properties: [
      {
        displayName:
          'Activating the workflow registers its address with Rendobar (at most ten of an organization), deactivating it removes it. Every delivery is checked for its signature and taken once.',
        name: 'registrationNotice',
        type: 'notice',
        default: '',
      },
      {
        displayName: 'Events',
        name: 'events',
        type: 'multiOptions',
        required: true,
        options: [
          { name: 'Balance Depleted', value: 'balance.depleted', description: 'The prepaid balance is used up' },
          { name: 'Balance Low', value: 'balance.low', description: 'The prepaid balance runs low' },
          {
            name: 'Deliveries Settled',
            value: 'job.deliveries_settled',
            description: 'All copies into buckets are done',
          },
          { name: 'Delivery Failed', value: 'job.delivery_failed', description: 'A copy into a bucket failed' },
          { name: 'Delivery Succeeded', value: 'job.delivery_succeeded', description: 'A copy into a bucket is done' },
          { name: 'Job Cancelled', value: 'job.cancelled' },
          { name: 'Job Completed', value: 'job.completed' },
          { name: 'Job Created', value: 'job.created' },
          { name: 'Job Failed', value: 'job.failed' },
          { name: 'Job Started', value: 'job.started' },
        ],
        default: ['job.completed', 'job.failed', 'job.cancelled'],
        description: 'What to start the workflow for',
      },
    ],
  };

  webhookMethods = {
    default: {
      async checkExists(this: IHookFunctions): Promise<boolean> {
        return rendobarRegistration.exists(this);
      },
      async create(this: IHookFunctions): Promise<boolean> {
        return rendobarRegistration.create(this);
      },
      async delete(this: IHookFunctions): Promise<boolean> {
        return rendobarRegistration.remove(this);
      },
    },
  };

  async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
    return takeRendobarDelivery(this);
  }
}
