import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flowOf, renderNode } from '../harness/render-nodes.ts';
import { CREDENTIAL_TYPES, NODE_TYPES, openStage, type Provider, type Stage } from '../harness/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

/** What the editor asks for to fill a list or a form of the node's panel. */
async function ask(provider: Provider, kind: string, methodName: string, path: string, parameters: object) {
  const key = provider === 'rendobar' ? 'rb_sandbox_forms' : 've_test_pro_forms';
  const credentials = await stage.credential(provider, key, { plan: 'pro' });
  const id = credentials[CREDENTIAL_TYPES[provider]];
  return stage.n8n.request('POST', `/rest/dynamic-node-parameters/${kind}`, {
    nodeTypeAndVersion: { name: NODE_TYPES[provider], version: 1 },
    path,
    methodName,
    currentNodeParameters: parameters,
    credentials: { [CREDENTIAL_TYPES[provider]]: { id, name: 'account' } },
  });
}

describe('the panel of the Rendobar node', () => {
  it('lists the job types of the live catalogue', async () => {
    const options = await ask('rendobar', 'options', 'getJobTypes', 'parameters.jobType', {});
    expect(options).toEqual(expect.arrayContaining([expect.objectContaining({ value: 'ffmpeg' })]));
  });

  it('builds the form of the chosen type from its live schema, and what it sends is accepted', async () => {
    const form = (await ask('rendobar', 'resource-mapper-fields', 'getJobFields', 'parameters.fields', {
      resource: 'job',
      operation: 'create',
      requestMode: 'form',
      jobType: 'ffmpeg',
    })) as { fields: { id: string; required: boolean; type: string }[] };
    expect(form.fields).toEqual(expect.arrayContaining([expect.objectContaining({ id: 'command', required: true })]));
    const execution = await stage.n8n.run(
      flowOf(
        renderNode({
          name: 'Node',
          provider: 'rendobar',
          action: 'job.renderAndWait',
          credentials: await stage.credential('rendobar', 'rb_sandbox_forms', { plan: 'pro' }),
          parameters: {
            requestMode: 'form',
            jobType: 'ffmpeg',
            fields: {
              mappingMode: 'defineBelow',
              value: { command: "={{ 'ffmpeg -f lavfi -i color=c=red:s=64x36:d=1 ' + $json.name }}" },
              schema: form.fields,
            },
          },
        }),
        [{ json: { name: 'a.mp4' } }, { json: { name: 'b.webm' } }],
      ),
    );
    expect(execution.error?.message).toBeUndefined();
    expect(execution.json('Node 0')).toMatchObject([
      { output: { files: [expect.objectContaining({ name: 'a.mp4' })] } },
      { output: { files: [expect.objectContaining({ name: 'b.webm' })] } },
    ]);
  });
});

describe('the form of a Rendobar job type', () => {
  it('takes objects, and values of which there are several kinds, as the API wants them', async () => {
    const jobType = 'compress.target';
    const key = 'rb_sandbox_kinds';
    // The sandbox takes jobs of this type where their end is rehearsed.
    await stage.sandbox.addFault({
      match: { account: key, method: 'POST', path: '/jobs' },
      do: { job: 'RUNNER_ERROR', afterMs: 100 },
      times: 'always',
    });
    const form = (await ask('rendobar', 'resource-mapper-fields', 'getJobFields', 'parameters.fields', {
      resource: 'job',
      operation: 'create',
      requestMode: 'form',
      jobType,
    })) as { fields: { id: string }[] };
    const value = {
      'input: source': 'https://example.com/film.mp4',
      for: 'web',
      'json: target': '={{ $json.target }}',
      'json: maxResolution': '720p',
      video: '{"crf":20}',
    };
    expect(form.fields.map(({ id }) => id)).toEqual(expect.arrayContaining(Object.keys(value)));
    const end = await stage.n8n.run(
      flowOf(
        renderNode({
          name: 'Node',
          provider: 'rendobar',
          action: 'job.create',
          credentials: await stage.credential('rendobar', key, { plan: 'pro' }),
          parameters: {
            requestMode: 'form',
            jobType,
            fields: { mappingMode: 'defineBelow', value, schema: form.fields },
          },
        }),
        [{ json: { target: 80 } }, { json: { target: '{"maxSize":"8MB"}' } }, { json: { target: 'efficient' } }],
      ),
    );
    expect(end.error?.message).toBeUndefined();
    const answer = await fetch(`${stage.sandbox.rendobarUrl}/jobs`, { headers: { authorization: `Bearer ${key}` } });
    const { data } = (await answer.json()) as { data: { id: string; params: object }[] };
    const made = end.json('Node 0').map(({ jobId }) => data.find(({ id }) => id === jobId)?.params);
    const same = { for: 'web', maxResolution: '720p', video: { crf: 20 } };
    expect(made).toEqual([
      { ...same, target: 80 },
      { ...same, target: { maxSize: '8MB' } },
      { ...same, target: 'efficient' },
    ]);
  });
});

describe('the panel of the PhantomFlow node', () => {
  it('finds a template by its name, asks for its variables, and renders with them', async () => {
    const credentials = await stage.credential('phantomflow', 've_test_pro_forms', { plan: 'pro' });
    const script = {
      width: 64,
      height: 36,
      scenes: [{ duration: 1, elements: [{ type: 'text', text: '{{who}} {{when}}' }] }],
    };
    const created = await stage.n8n.run(
      flowOf(
        renderNode({
          name: 'Node',
          provider: 'phantomflow',
          action: 'template.create',
          credentials,
          parameters: { name: 'Evening greeting', script: JSON.stringify(script) },
        }),
      ),
    );
    const templateId = String(created.json('Node 0')[0]?.templateId);
    const found = await ask('phantomflow', 'resource-locator-results', 'getTemplates', 'parameters.templateId', {});
    expect(found).toMatchObject({ results: [{ name: 'Evening greeting', value: templateId }] });

    const locator = { __rl: true, mode: 'list', value: templateId };
    const form = (await ask('phantomflow', 'resource-mapper-fields', 'getTemplateVariables', 'parameters.variables', {
      resource: 'template',
      operation: 'renderAndWait',
      templateId: locator,
      variablesMode: 'form',
    })) as { fields: { id: string }[] };
    expect(form.fields.map(({ id }) => id).sort()).toEqual(['when', 'who']);

    const rendered = await stage.n8n.run(
      flowOf(
        renderNode({
          name: 'Node',
          provider: 'phantomflow',
          action: 'template.renderAndWait',
          credentials,
          parameters: {
            templateId: locator,
            variablesMode: 'form',
            variables: {
              mappingMode: 'defineBelow',
              value: { who: '={{ $json.who }}', when: 'tonight' },
              schema: form.fields,
            },
          },
        }),
        [{ json: { who: 'Ada' } }],
      ),
    );
    expect(rendered.error?.message).toBeUndefined();
    expect(rendered.json('Node 0')).toMatchObject([{ state: 'succeeded' }]);
  });
});
