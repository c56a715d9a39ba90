import type { ILoadOptionsFunctions } from 'n8n-workflow';
import { NodeApiError } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import { createFakeExecution } from '../testing/fake-execution.ts';
import { createFakeHost, type FakeAnswer, type SeenRequest } from '../testing/fake-host.ts';
import { getTemplates, getTemplateVariables } from './phantomflow-methods.ts';
import { getJobFields, getJobTypes } from './rendobar-methods.ts';

let accounts = 0;

function panel(answer: (request: SeenRequest) => FakeAnswer, parameters: Readonly<Record<string, unknown>> = {}) {
  accounts += 1;
  const credentials = { apiKey: `key_of_a_panel_${accounts}` };
  const { ctx } = createFakeExecution({ request: createFakeHost(answer).request, parameters, credentials });
  return ctx as unknown as ILoadOptionsFunctions;
}

describe('the panel of the Rendobar node', () => {
  it('offers the job types of the live catalogue by name', async () => {
    const data = [{ type: 'ffprobe' }, { type: 'ffmpeg', summary: 'Run FFmpeg' }];
    expect(await getJobTypes.call(panel(() => ({ body: { data } })))).toEqual([
      { name: 'ffmpeg', value: 'ffmpeg', description: 'Run FFmpeg' },
      { name: 'ffprobe', value: 'ffprobe' },
    ]);
  });

  it('offers the fields of the chosen type, and says so where there are none', async () => {
    const answer = ({ path }: SeenRequest): FakeAnswer =>
      path === '/jobs/types/ffmpeg/schema'
        ? { body: { data: { type: 'ffmpeg', fields: [{ key: 'command', type: 'string', required: true }] } } }
        : { body: { data: { type: 'odd', fields: [] } } };
    expect((await getJobFields.call(panel(answer, { jobType: 'ffmpeg' }))).fields).toMatchObject([{ id: 'command' }]);
    expect(await getJobFields.call(panel(answer, { jobType: 'odd' }))).toEqual({
      fields: [],
      emptyFieldsNotice: 'This job type has no form: use JSON.',
    });
    expect(await getJobFields.call(panel(answer, { jobType: '' }))).toMatchObject({ fields: [] });
  });

  it('shows what happened and what to do where the account cannot be read', async () => {
    const answer = { status: 401, body: { error: { code: 'UNAUTHORIZED', message: 'No such key.' } } };
    const error: unknown = await getJobTypes.call(panel(() => answer)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NodeApiError);
    expect(error).toMatchObject({ httpCode: '401', message: expect.not.stringContaining('[item') });
    expect((error as NodeApiError).description).toMatch(/key.*UNAUTHENTICATED/);
  });
});

describe('the panel of the PhantomFlow node', () => {
  const templates = [
    { id: 'tpl_1', name: 'Intro', script: { scenes: [{ elements: [{ text: 'Hi {{name}} of {{team}}' }] }] } },
    { id: 'tpl_2', name: 'Outro' },
  ];
  const answer = () => ({ body: { templates } });

  it('finds templates by name or id', async () => {
    expect(await getTemplates.call(panel(answer))).toEqual({
      results: [
        { name: 'Intro', value: 'tpl_1' },
        { name: 'Outro', value: 'tpl_2' },
      ],
    });
    expect((await getTemplates.call(panel(answer), 'OUT')).results).toEqual([{ name: 'Outro', value: 'tpl_2' }]);
    expect((await getTemplates.call(panel(answer), 'tpl_1')).results).toHaveLength(1);
  });

  it('offers one field for each variable of the chosen template', async () => {
    const chosen = (templateId: unknown) => getTemplateVariables.call(panel(answer, { templateId }));
    expect((await chosen({ mode: 'list', value: 'tpl_1' })).fields.map(({ id }) => id)).toEqual(['name', 'team']);
    expect((await chosen('tpl_1')).fields).toHaveLength(2);
    expect(await chosen('tpl_2')).toEqual({ fields: [], emptyFieldsNotice: 'This template has no variables.' });
    expect((await chosen({ value: 'tpl_9' })).emptyFieldsNotice).toMatch(/Choose a template first/);
  });
});
