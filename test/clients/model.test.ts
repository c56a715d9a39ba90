import { describe, expect, it } from 'vitest';
import { randomStream } from '../simulator/random.ts';
import type { NextCall } from './agent.ts';
import { type AiSdk, aiSdkTransport } from './callers/ai-sdk.ts';
import { digestOf, startCountingVendor } from './counting-vendor.ts';
import { load } from './installed.ts';
import { requestFor } from './rows.ts';
import { freshHome, stdioServer } from './stage.ts';

interface ToolMessage {
  readonly role: string;
  readonly content: readonly { readonly output?: { readonly value: readonly { readonly text?: string }[] } }[];
}
interface Ai {
  generateText(options: object): Promise<{ readonly text: string; readonly steps: readonly unknown[] }>;
  stepCountIs(most: number): unknown;
}
interface AiTest {
  readonly MockLanguageModelV4: new (model: object) => object;
}
const USAGE = { inputTokens: { total: 1 }, outputTokens: { total: 1 } };

const callOf = ({ tool, arguments: args }: NextCall, id: number) => ({
  content: [{ type: 'tool-call', toolCallId: `call-${id}`, toolName: tool, input: JSON.stringify(args) }],
  finishReason: { unified: 'tool-calls', raw: 'tool_calls' },
  usage: USAGE,
  warnings: [],
});
const wordsOf = (text: string) => ({
  content: [{ type: 'text', text }],
  finishReason: { unified: 'stop', raw: 'stop' },
  usage: USAGE,
  warnings: [],
});

/** What a model is shown of the last tool's answer. */
const shownIn = (prompt: readonly ToolMessage[]): string | undefined =>
  prompt
    .findLast(({ role }) => role === 'tool')
    ?.content.flatMap(({ output }) => output?.value ?? [])
    .map(({ text = '' }) => text)
    .join('\n');

/** The JSON that ends a tool's text. */
const dataIn = (text: string) =>
  JSON.parse(text.split('\n').at(-1) ?? '{}') as {
    readonly nextAction?: NextCall;
    readonly error?: { readonly code: string; readonly field?: string };
  };

describe('a model in the loop of the AI SDK, which shows it nothing but text', () => {
  it('reads the code of its mistake, and gets its film by following the nextAction in the text', async () => {
    const { home, remove } = freshHome();
    const plan = {
      requestsPerMinute: 500,
      requestsPerSecond: 30,
      concurrentJobs: 1,
      renderMs: [500, 500],
      slotLagMs: 0,
    } as const;
    const vendor = await startCountingVendor('rendobar', plan, randomStream(3, 'model'));
    const { generateText, stepCountIs } = await load<Ai>('ai');
    const { MockLanguageModelV4 } = await load<AiTest>('ai/test');
    const { createMCPClient } = await load<AiSdk>('@ai-sdk/mcp');
    const server = stdioServer(home, { RENDOBAR_BASE_URL: vendor.url, PHANTOMFLOW_API_KEY: '' });
    const client = await createMCPClient({ transport: await aiSdkTransport(server) });
    const request = requestFor({ provider: 'rendobar', name: 'film' });
    const plans: NextCall[] = [
      { tool: 'submit_render', arguments: { provider: 'rendobar', request: { params: {} } } },
      { tool: 'submit_render', arguments: { provider: 'rendobar', request } },
    ];
    const shown: string[] = [];
    const model = new MockLanguageModelV4({
      async doGenerate({ prompt }: { readonly prompt: readonly ToolMessage[] }) {
        const text = shownIn(prompt);
        if (text !== undefined) shown.push(text);
        const planned = shown.length < plans.length ? plans[shown.length] : undefined;
        const next = planned ?? (text === undefined ? undefined : dataIn(text).nextAction);
        return next ? callOf(next, shown.length) : wordsOf(text ?? '');
      },
    });
    try {
      const { text } = await generateText({
        model,
        tools: await client.tools(),
        prompt: 'Go.',
        stopWhen: stepCountIs(12),
      });
      expect(shown[0]?.startsWith('INVALID_REQUEST: ')).toBe(true);
      expect(dataIn(shown[0] ?? '{}').error).toMatchObject({ code: 'INVALID_REQUEST', field: 'request.type' });
      expect(text).toContain(`https://cdn.test/${digestOf(request)}.mp4`);
      expect([...vendor.renders.values()]).toEqual([1]);
    } finally {
      await client.close();
      await vendor.close();
      await remove();
    }
  });
});
