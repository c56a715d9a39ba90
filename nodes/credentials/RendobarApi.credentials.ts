import type {
  IAuthenticateGeneric,
  ICredentialTestRequest,
  ICredentialType,
  Icon,
  INodeProperties,
} from 'n8n-workflow';
import { CREDENTIAL_TEST_URL } from '../src/host/credential-test-url.ts';
import { RENDOBAR_PLANS } from '../src/host/plan-limits.ts';
import { limitFields } from '../src/properties/limit-fields.ts';

/** An account of Rendobar. The plan's numbers are those of the vendor's limits page. */
export class RendobarApi implements ICredentialType {
  name = 'rendobarApi';
  displayName = 'Rendobar API';
  icon: Icon = { light: 'file:../icons/rendobar.svg', dark: 'file:../icons/rendobar.dark.svg' };
  documentationUrl = 'https://github.com/renderq/renderq/tree/main/nodes#credentials';
  properties: INodeProperties[] = [
    {
      displayName: 'API Key',
      name: 'apiKey',
      type: 'string',
      typeOptions: { password: true },
      default: '',
      required: true,
      description: 'A key of your organization, from the dashboard. It begins with <code>rb_</code>.',
    },
    {
      displayName: 'Base URL',
      name: 'baseUrl',
      type: 'string',
      default: 'https://api.rendobar.com',
      required: true,
      description:
        'Where the API answers. Change it to send every flow to a renderq sandbox or gateway. Plain http is accepted on this machine only (127.0.0.1, localhost).',
    },
    {
      displayName: 'Plan',
      name: 'plan',
      type: 'options',
      options: [
        { name: 'Custom', value: 'custom', description: 'Limits that were agreed with Rendobar' },
        { name: 'Free', value: 'free', description: '1 job at a time, 120 requests a minute' },
        { name: 'Pro', value: 'pro', description: '20 jobs at a time, 600 requests a minute' },
      ],
      default: 'free',
      description: 'The limits that jobs are kept inside before Rendobar has to refuse any',
    },
    ...limitFields('custom', RENDOBAR_PLANS.pro),
    {
      displayName: 'Signing Secret',
      name: 'signingSecret',
      type: 'string',
      typeOptions: { password: true },
      default: '',
      description:
        "The organization's callback secret (<code>cbsec_</code>). With it, callbacks that wake Render and Wait are signed and checked. Several, for example during a rotation, are separated by commas. The Rendobar Trigger needs none.",
    },
  ];
  authenticate: IAuthenticateGeneric = {
    type: 'generic',
    properties: { headers: { Authorization: '=Bearer {{$credentials.apiKey}}' } },
  };
  test: ICredentialTestRequest = {
    request: { baseURL: CREDENTIAL_TEST_URL, url: '/account/capabilities', method: 'GET' },
  };
}
