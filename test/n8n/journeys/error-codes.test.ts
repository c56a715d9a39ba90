import { type ErrorTableRow, listErrorRows } from '@renderq/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Execution } from '../harness/execution.ts';
import { REQUESTS, type RenderNode, renderNode, sinks } from '../harness/render-nodes.ts';
import { openStage, type Provider, type Stage } from '../harness/stage.ts';
import { startVendorStandIn, type VendorStandIn } from '../harness/vendor-stand-in.ts';
import { type Link, type NodeSpec, START } from '../harness/workflow.ts';

const CATEGORIES = ['request', 'account', 'capacity', 'render', 'provider', 'transport', 'renderq'] as const;

/** One error of one vendor: an answer to the submit where it has an HTTP status, else the end of a job. */
interface Case extends ErrorTableRow {
  readonly provider: Provider;
  /** The node in the workflows, and an account of its own: one that was refused is paused. */
  readonly node: string;
  readonly apiKey: string;
}

/** Every row of both vendors' tables, and a code of each that no table knows. */
function casesOf(provider: Provider): readonly Case[] {
  const [known] = listErrorRows();
  if (!known) throw new Error('No error table.');
  const rows = listErrorRows().filter((row) => row.provider === provider);
  const unknown: ErrorTableRow = {
    ...known,
    provider,
    providerCode: 'SOMETHING_NEW',
    httpStatus: 422,
    code: 'INVALID_REQUEST',
    category: 'request',
    retryable: false,
  };
  return [...rows, unknown].map((row) => ({
    ...row,
    // PhantomFlow knows no idempotency key: a render may be running behind a fault at the submit, and would be paid twice.
    retryable: row.retryable && !(provider === 'phantomflow' && row.code === 'PROVIDER_ERROR'),
    provider,
    node: row.providerCode,
    apiKey: `${provider === 'rendobar' ? 'rb_' : 've_live_'}${row.providerCode.toLowerCase()}`,
  }));
}

let stage: Stage;
let vendor: VendorStandIn;

beforeAll(async () => {
  stage = await openStage();
  vendor = await startVendorStandIn();
});
afterAll(async () => {
  await vendor.close();
  await stage.close();
});

describe.each(['phantomflow', 'rendobar'] as const)('every error code of %s', (provider) => {
  const cases = casesOf(provider);
  const credentials = new Map<string, Readonly<Record<string, string>>>();

  beforeAll(async () => {
    for (const { httpStatus, providerCode, apiKey } of cases) {
      const error = { code: providerCode, message: `The vendor's words on ${providerCode}.` };
      if (httpStatus === null) vendor.failJobs(apiKey, error);
      else vendor.refuse(apiKey, { status: httpStatus, body: { error }, headers: { 'retry-after': '3' } });
      const baseUrl = vendor.baseUrls[provider];
      credentials.set(apiKey, await stage.credential(provider, apiKey, { plan: 'pro', baseUrl }));
    }
  });

  function nodeOf(one: Case, more: Partial<RenderNode> & { readonly parameters?: object } = {}): NodeSpec {
    const request = JSON.stringify(REQUESTS[provider]);
    return renderNode({
      name: one.node,
      provider,
      action: provider === 'rendobar' ? 'job.renderAndWait' : 'render.renderAndWait',
      credentials: credentials.get(one.apiKey) ?? {},
      ...more,
      parameters: {
        ...(provider === 'rendobar' ? { requestMode: 'json', requestJson: request } : { movie: request }),
        // Refused for now is refused: the journeys about waiting are others.
        options: { maxQueueMinutes: 0 },
        ...more.parameters,
      },
    });
  }

  /** One execution with a node for each code, and a sink behind each output of each. */
  async function runAll(nodes: readonly NodeSpec[], outputs: number): Promise<Execution> {
    const behind = nodes.map((node) => sinks(node.name, outputs));
    return stage.n8n.run(
      {
        name: `Codes of ${provider}`,
        items: [{ json: { row: 7 } }],
        nodes: [START, ...nodes, ...behind.flatMap((each) => each.nodes)],
        links: [...nodes.map((node): Link => ['Start', 0, node.name]), ...behind.flatMap((each) => each.links)],
      },
      120_000,
    );
  }

  /** What a node's error item must say. The vendor's word stands beside renderq's. */
  const expected = ({ code, category, retryable, providerCode, httpStatus }: Case) => ({
    code,
    category,
    retryable,
    provider,
    providerCode,
    message: expect.stringMatching(/\w/),
    remedy: expect.stringMatching(/\w/),
    ...(httpStatus === null ? { jobId: expect.any(String) } : { httpStatus }),
  });

  it('leaves by the Error output, typed, beside the fields of the item that failed', { timeout: 180_000 }, async () => {
    const execution = await runAll(
      cases.map((one) => nodeOf(one, { onError: 'continueErrorOutput' })),
      2,
    );
    expect(execution.status).toBe('success');
    for (const one of cases) {
      expect.soft(execution.json(`${one.node} 0`), one.node).toEqual([]);
      expect.soft(execution.json(`${one.node} 1`), one.node).toMatchObject([{ row: 7, error: expected(one) }]);
    }
  });

  it('stays on the one output with Continue, in the same shape', { timeout: 180_000 }, async () => {
    const execution = await runAll(
      cases.map((one) => nodeOf(one, { onError: 'continueRegularOutput' })),
      1,
    );
    for (const one of cases)
      expect.soft(execution.json(`${one.node} 0`), one.node).toMatchObject([{ error: expected(one) }]);
  });

  it('leaves by the output of its category with Branch on Outcome', { timeout: 180_000 }, async () => {
    const parameters = { branching: 'category', branchCategories: CATEGORIES };
    const outputs = CATEGORIES.length + 2;
    const execution = await runAll(
      cases.map((one) => nodeOf(one, { parameters })),
      outputs,
    );
    expect(execution.status).toBe('success');
    for (const one of cases) {
      const right = CATEGORIES.indexOf(one.category) + 1;
      for (let output = 0; output < outputs; output += 1) {
        const seen = execution.json(`${one.node} ${output}`);
        expect
          .soft(seen, `${one.node} on output ${output}`)
          .toMatchObject(output === right ? [{ error: expected(one) }] : []);
        if (output !== right) expect.soft(seen, `${one.node} on output ${output}`).toEqual([]);
      }
    }
  });

  it('leaves by the output of its own code where that was picked, else by Other', { timeout: 180_000 }, async () => {
    const picked = cases.filter((_, at) => at % 2 === 0);
    const parameters = { branching: 'code', branchCodes: ['NO_SUCH_CODE'] };
    const execution = await runAll(
      cases.map((one) =>
        nodeOf(one, {
          parameters: picked.includes(one)
            ? { ...parameters, branchCodes: ['NO_SUCH_CODE', one.providerCode] }
            : parameters,
        }),
      ),
      4,
    );
    expect(execution.status).toBe('success');
    for (const one of cases) {
      const right = 2;
      for (const output of [0, 1, 3]) expect.soft(execution.json(`${one.node} ${output}`), one.node).toEqual([]);
      expect.soft(execution.json(`${one.node} ${right}`), one.node).toMatchObject([{ error: expected(one) }]);
    }
  });

  it('stops the workflow with an error that says what to do', { timeout: 180_000 }, async () => {
    for (const one of cases) {
      const execution = await runAll([nodeOf(one)], 1);
      expect.soft(execution.status, one.node).toBe('error');
      expect.soft(execution.json(`${one.node} 0`), one.node).toEqual([]);
      const { error } = execution;
      expect.soft(error?.name, one.node).toBe('NodeApiError');
      expect.soft(error?.message, one.node).toMatch(/\[item 0\]$/);
      expect.soft(error?.description, one.node).toContain(one.code);
      expect
        .soft(error?.context, one.node)
        .toMatchObject({ code: one.code, providerCode: one.providerCode, itemIndex: 0 });
      if (one.httpStatus !== null) expect.soft(error?.httpCode, one.node).toBe(`${one.httpStatus}`);
    }
  });
});
