import { describe, expect, it } from 'vitest';
import { type CallbackCircumstances, planCallback } from './plan-callback.ts';

const USUAL: CallbackCircumstances = {
  resumeUrl: 'https://n8n.example.com/webhook-waiting/7?signature=abc',
  apiUrl: 'https://api.rendobar.com',
  needsHttps: true,
  evenOnLocalAddress: false,
  canPark: true,
  isTool: false,
  branchesOnOutcome: false,
  hasOwnReceiver: false,
  isCalledBack: true,
};
const LOCAL = 'http://localhost:5678/webhook-waiting/7';

describe('whether a run may park', () => {
  it('takes the callback where n8n has a public address, with its query as it is', () => {
    expect(planCallback(USUAL)).toEqual({ kind: 'callback', url: USUAL.resumeUrl });
  });

  it.each([
    ['an agent calls the node', { isTool: true }, /agent/],
    ['n8n is too old', { canPark: false }, /version of n8n/],
    ['outcomes have outputs of their own', { branchesOnOutcome: true }, /Branch on Outcome/],
    ['nobody says that the provider calls back', { isCalledBack: false }, /not for templates/],
    ['the request has a receiver of its own', { hasOwnReceiver: true }, /callback of its own/],
    ['n8n has a local address', { resumeUrl: LOCAL }, /cannot reach localhost: set WEBHOOK_URL/],
    ['n8n has an address of its network', { resumeUrl: 'https://n8n.lan/x' }, /cannot reach n8n\.lan/],
    ['the provider wants https', { resumeUrl: 'http://n8n.example.com/x' }, /https addresses only/],
    ['there is no address', { resumeUrl: undefined }, /no address/],
    ['the address is a placeholder', { resumeUrl: '__UNKNOWN__' }, /no address/],
  ])('polls where %s, and says so', (_case, change, reason) => {
    const plan = planCallback({ ...USUAL, ...change });
    expect(plan).toMatchObject({ kind: 'poll', reason: expect.stringMatching(reason) });
  });

  it.each(['http://127.0.0.1:4020/rendobar', 'http://localhost:8080', 'http://[::1]:9'])(
    'takes a local address where the API itself is on this machine, at %s',
    (apiUrl) => {
      expect(planCallback({ ...USUAL, resumeUrl: LOCAL, apiUrl })).toEqual({ kind: 'callback', url: LOCAL });
    },
  );

  it('takes an address of the network where the API is in it, but not one of this machine', () => {
    const apiUrl = 'https://renders.corp.internal/rendobar';
    const inNetwork = 'http://10.0.0.7:5678/webhook-waiting/7';
    expect(planCallback({ ...USUAL, resumeUrl: inNetwork, apiUrl })).toEqual({ kind: 'callback', url: inNetwork });
    expect(planCallback({ ...USUAL, resumeUrl: LOCAL, apiUrl }).kind).toBe('poll');
  });

  it('takes a local address where the user says that it can be reached', () => {
    expect(planCallback({ ...USUAL, resumeUrl: LOCAL, evenOnLocalAddress: true }).kind).toBe('callback');
  });

  it('takes a public http address of a provider that does not ask for https', () => {
    const resumeUrl = 'http://n8n.example.com/webhook-waiting/7';
    expect(planCallback({ ...USUAL, resumeUrl, needsHttps: false })).toEqual({ kind: 'callback', url: resumeUrl });
  });
});
