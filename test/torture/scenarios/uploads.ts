import { json, page, toBytes } from '../answer.ts';
import { assetTold, type UploadScenario, uploadBegun } from '../file-stage.ts';
import { disguises } from '../scenario.ts';
import type { Step } from '../server.ts';

const send = (...answer: Parameters<typeof toBytes>): Step[] => [{ send: toBytes(...answer) }];
const words = (apiKey: string) => `${apiKey} ${disguises(apiKey).join(' ')}`;

export const UPLOAD_SCENARIOS: readonly UploadScenario[] = [
  { name: 'nothing bad' },
  { name: 'an asset that is ready a moment later', complete: () => assetTold('pending') },
  {
    name: 'an asset that fails a moment later',
    complete: () => assetTold('pending'),
    look: () => assetTold('failed'),
    code: 'SOURCE_UNUSABLE',
  },
  {
    name: 'an asset that cannot be looked at',
    complete: () => assetTold('pending'),
    look: () => send(page(200, 'Sign in')),
    code: 'BAD_RESPONSE',
  },
  { name: 'a completion that is a page', complete: () => send(page(200, 'Sign in')), code: 'BAD_RESPONSE' },
  {
    name: 'a completion whose answer is lost once',
    complete: (index) => (index === 0 ? [{ last: 'reset' }] : assetTold('ready')),
  },
  { name: 'a begun upload without an asset', begin: () => send(json(201, { ok: true })), code: 'BAD_RESPONSE' },
  {
    name: 'a begun upload without links',
    begin: () => send(json(201, { status: 'presigned', data: { id: 'asset_7' } })),
    code: 'BAD_RESPONSE',
  },
  { name: 'a begun upload that is empty', begin: () => send(json(201, null)), code: 'BAD_RESPONSE' },
  { name: 'a begun upload whose answer is lost', begin: () => [{ last: 'reset' }], code: 'NETWORK' },
  { name: 'a begun upload whose answer never comes', begin: () => [{ last: 'hang' }], code: 'NETWORK' },
  { name: 'a begun upload behind a gateway', begin: () => send(page(504, 'gateway')), code: 'PROVIDER_ERROR' },
  {
    name: 'a link with the key in it',
    begin: (_link, { apiKey, otherOrigin }) =>
      uploadBegun(`${otherOrigin}/run-0/put?a=${Buffer.from(`Bearer ${apiKey}`).toString('base64url')}`),
    code: 'BAD_RESPONSE',
  },
  {
    name: 'a storage that redirects to another',
    put: (_index, { apiKey }) =>
      send({
        status: 307,
        headers: { location: `http://127.0.0.1:9/${words(apiKey)}`.replaceAll('\u200b', '') },
        body: '',
      }),
    code: 'BAD_RESPONSE',
  },
  {
    name: 'a storage that refuses in the words of the key',
    put: (_index, { apiKey }) => send(page(400, words(apiKey))),
    code: 'BAD_RESPONSE',
  },
  {
    name: 'a storage that refuses every link',
    put: () => send(page(403, 'no')),
    code: 'FORBIDDEN',
    begun: 2,
  },
  {
    name: 'a storage that breaks every connection',
    put: () => [{ last: 'reset' }],
    code: 'NETWORK',
  },
];
