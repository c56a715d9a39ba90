import type {
  IAuthenticateGeneric,
  ICredentialTestRequest,
  ICredentialType,
  Icon,
  INodeProperties,
} from 'n8n-workflow';
import { CREDENTIAL_TEST_URL } from '../src/host/credential-test-url.ts';
import { PHANTOMFLOW_PLANS } from '../src/host/plan-limits.ts';
import { limitFields } from '../src/properties/limit-fields.ts';

/** An account of PhantomFlow. The plans' numbers are those of the vendor's error page. */
export class PhantomFlowApi implements ICredentialType {
  name = 'phantomFlowApi';
  displayName = 'PhantomFlow API';
  icon: Icon = { light: 'file:../icons/phantomFlow.svg', dark: 'file:../icons/phantomFlow.dark.svg' };
  documentationUrl = 'https://github.com/renderq/renderq/tree/main/nodes#credentials';
  properties: INodeProperties[] = [
    {
      displayName: 'API Key',
      name: 'apiKey',
      type: 'string',
      typeOptions: { password: true },
      default: '',
      required: true,
      description:
        'A key from the dashboard: <code>ve_live_</code> renders and costs credits, <code>ve_test_</code> answers with mocks',
    },
    {
      displayName: 'Base URL',
      name: 'baseUrl',
      type: 'string',
      default: 'https://api.phantomflow.dev',
      required: true,
      description:
        'Where the API answers. Change it to send every flow to a renderq sandbox or gateway. Plain http is accepted on this machine only (127.0.0.1, localhost).',
    },
    {
      displayName: 'Plan',
      name: 'plan',
      type: 'options',
      options: [
        { name: 'Enterprise', value: 'enterprise', description: 'Limits that were agreed with PhantomFlow' },
        { name: 'Free', value: 'free', description: '2 jobs at a time, 10 requests a minute' },
        { name: 'Pro', value: 'pro', description: '10 jobs at a time, 120 requests a minute' },
        { name: 'Starter', value: 'starter', description: '5 jobs at a time, 60 requests a minute' },
      ],
      default: 'free',
      description: 'The limits that jobs are kept inside before PhantomFlow has to refuse any',
    },
    ...limitFields('enterprise', PHANTOMFLOW_PLANS.pro),
  ];
  authenticate: IAuthenticateGeneric = {
    type: 'generic',
    properties: { headers: { 'x-api-key': '={{$credentials.apiKey}}' } },
  };
  test: ICredentialTestRequest = {
    request: { baseURL: CREDENTIAL_TEST_URL, url: '/api/jobs', method: 'GET' },
  };
}
