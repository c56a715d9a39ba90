import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ChatModel, startChatModel } from '../harness/chat-model.ts';
import type { Execution } from '../harness/execution.ts';
import { REQUESTS, renderNode } from '../harness/render-nodes.ts';
import { openStage, type Provider, type Stage } from '../harness/stage.ts';
import { START } from '../harness/workflow.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

const PARAMETERS: Readonly<Record<Provider, object>> = {
  rendobar: { requestMode: 'json', requestJson: "={{ $fromAI('request', 'The body of the job', 'json') }}" },
  phantomflow: { movie: "={{ $fromAI('movie', 'The movie script', 'json') }}" },
};

/** An agent with a render node as its one tool, and a model that calls it with one argument. */
async function converse(
  provider: Provider,
  apiKey: string,
  argument: object,
  more: object = {},
): Promise<{ execution: Execution; model: ChatModel; answer: Record<string, unknown> }> {
  const name = provider === 'rendobar' ? 'request' : 'movie';
  const model = await startChatModel({ tool: /Render/, arguments: { [name]: argument } });
  try {
    const openAi = await stage.n8n.createCredential({
      name: 'model',
      type: 'openAiApi',
      data: { apiKey: 'scripted', url: model.url, header: false },
    });
    const tool = renderNode({
      name: 'Render',
      provider,
      action: provider === 'rendobar' ? 'job.renderAndWait' : 'render.renderAndWait',
      credentials: await stage.credential(provider, apiKey, { plan: 'pro' }),
      parameters: { descriptionType: 'manual', toolDescription: 'Renders a film', ...PARAMETERS[provider], ...more },
    });
    const execution = await stage.n8n.run({
      name: 'Agent',
      nodes: [
        START,
        {
          name: 'Agent',
          type: '@n8n/n8n-nodes-langchain.agent',
          version: 3,
          parameters: { promptType: 'define', text: 'Render it.', options: { enableStreaming: false } },
        },
        {
          name: 'Model',
          type: '@n8n/n8n-nodes-langchain.lmChatOpenAi',
          version: 1.2,
          parameters: { model: { __rl: true, mode: 'id', value: 'scripted' }, options: {} },
          credentials: { openAiApi: openAi },
        },
        { ...tool, type: `${tool.type}Tool` },
      ],
      links: [
        ['Start', 0, 'Agent'],
        ['Model', 0, 'Agent', 'ai_languageModel'],
        ['Render', 0, 'Agent', 'ai_tool'],
      ],
    });
    expect(execution.error?.message).toBeUndefined();
    const [answer] = JSON.parse(model.toolAnswers[0] ?? '[]') as Record<string, unknown>[];
    return { execution, model, answer: answer ?? {} };
  } finally {
    await model.close();
  }
}

describe.each([
  ['rendobar', 'rb_sandbox_agent'],
  ['phantomflow', 've_test_pro_agent'],
] as const)('%s as the tool of an agent', (provider, apiKey) => {
  it('renders what the model asks for, and tells it in a few fields where the film is', async () => {
    const { model, answer, execution } = await converse(provider, apiKey, REQUESTS[provider]);
    expect(answer).toMatchObject({ state: 'succeeded', output: { url: expect.stringMatching(/^http/) } });
    expect(Object.keys(answer).length).toBeLessThanOrEqual(10);
    expect(JSON.stringify(model.offered[0]?.parameters)).toContain(provider === 'rendobar' ? 'request' : 'movie');
    expect(JSON.stringify(execution.json('Agent'))).toContain('succeeded');
  });

  it('tells the model what failed and what to do', async () => {
    const wrong = provider === 'rendobar' ? { type: 'ffmpeg', params: {} } : { width: 64, height: 36, scenes: [] };
    const { answer } = await converse(provider, apiKey, wrong);
    expect(answer).toMatchObject({
      error: { code: 'INVALID_REQUEST', category: 'request', remedy: expect.stringMatching(/\w/) },
    });
    expect(Object.keys(answer)).toEqual(['error']);
  });

  it('shows a failure to the model although Branch on Outcome is left on', async () => {
    const wrong = provider === 'rendobar' ? { type: 'no_such_type', params: {} } : { scenes: [] };
    const { answer } = await converse(provider, apiKey, wrong, {
      branching: 'category',
      branchCategories: ['request', 'account'],
    });
    expect(answer).toMatchObject({ error: { category: 'request' } });
  });
});
