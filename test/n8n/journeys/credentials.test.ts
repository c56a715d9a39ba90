import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CREDENTIAL_TYPES, openStage, type Stage } from '../harness/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

describe.each([
  ['rendobar', 'rb_sandbox', 'rb_not_a_key'],
  ['phantomflow', 've_test_sandbox', 've_not_a_key'],
] as const)('the credential of %s', (provider, right, wrong) => {
  const test = (apiKey: string, baseUrl: string) =>
    stage.n8n.testCredential({ name: apiKey, type: CREDENTIAL_TYPES[provider], data: { apiKey, baseUrl } });
  const url = () => (provider === 'rendobar' ? stage.sandbox.rendobarUrl : stage.sandbox.phantomFlowUrl);

  it('passes its test with a right key, also behind a slash too many', async () => {
    expect(await test(right, url())).toMatchObject({ status: 'OK' });
    expect(await test(right, `${url()}/`)).toMatchObject({ status: 'OK' });
  });

  it('says that a wrong key is not authorized, without showing it', async () => {
    const verdict = await test(wrong, url());
    expect(verdict).toMatchObject({
      status: 'Error',
      message: expect.stringMatching(/unauthori|authori[sz]ation|401/i),
    });
    expect(JSON.stringify(verdict)).not.toContain(wrong);
  });

  it('fails its test where nobody answers', async () => {
    expect(await test(right, 'http://127.0.0.1:9')).toMatchObject({ status: 'Error' });
  });
});
