import { readdirSync, readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { RENDOBAR_EVENTS } from '@renderq/core';
import type { INodeProperties, INodeType } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import { PhantomFlowApi } from '../credentials/PhantomFlowApi.credentials.ts';
import { RendobarApi } from '../credentials/RendobarApi.credentials.ts';
import { PhantomFlow } from '../nodes/PhantomFlow/PhantomFlow.node.ts';
import { PhantomFlowTrigger } from '../nodes/PhantomFlowTrigger/PhantomFlowTrigger.node.ts';
import { Rendobar } from '../nodes/Rendobar/Rendobar.node.ts';
import { RendobarTrigger } from '../nodes/RendobarTrigger/RendobarTrigger.node.ts';
import { PHANTOMFLOW_PLANS, RENDOBAR_PLANS } from './host/plan-limits.ts';

const home = new URL('../', import.meta.url);
const NODES: readonly INodeType[] = [
  new Rendobar(),
  new PhantomFlow(),
  new RendobarTrigger(),
  new PhantomFlowTrigger(),
];
const CREDENTIALS = [new RendobarApi(), new PhantomFlowApi()];

const readJson = (path: string) => JSON.parse(readFileSync(new URL(path, home), 'utf8')) as unknown;
const fieldOf = (properties: readonly INodeProperties[], name: string) =>
  properties.find((field) => field.name === name);

describe('the credentials', () => {
  it.each([
    [new RendobarApi(), RENDOBAR_PLANS],
    [new PhantomFlowApi(), PHANTOMFLOW_PLANS],
  ] as const)('offer the plans whose limits are kept, with their numbers (%#)', ({ properties }, plans) => {
    const options = (fieldOf(properties, 'plan')?.options ?? []) as readonly { value: string; description: string }[];
    const [own, ...rest] = options.filter(({ value }) => !Object.hasOwn(plans, value));
    expect(rest).toEqual([]);
    for (const name of ['concurrentJobs', 'requestsPerMinute']) {
      expect(fieldOf(properties, name)?.displayOptions).toEqual({ show: { plan: [own?.value] } });
    }
    for (const [plan, { concurrentJobs, requestsPerMinute }] of Object.entries(plans)) {
      const { description } = options.find(({ value }) => value === plan) ?? {};
      expect(description?.match(/\d+/g)?.map(Number)).toEqual([concurrentJobs, requestsPerMinute]);
    }
  });

  it.each([
    ['https://api.rendobar.com/', 'https://api.rendobar.com'],
    [' http://127.0.0.1:4020/rendobar ', 'http://127.0.0.1:4020/rendobar'],
    ['http://localhost', 'http://localhost'],
    ['http://[::1]:9', 'http://[::1]:9'],
    ['HTTP://gateway.lan:4020/rendobar', 'https://gateway.lan:4020/rendobar'],
    ['http://127.0.0.1.example.com', 'https://127.0.0.1.example.com'],
    ['http://localhost@example.com/', 'https://localhost@example.com'],
  ])('are tested at %j without a key in clear: %j', (baseUrl, asked) => {
    for (const { test } of CREDENTIALS) {
      const expression = String(test.request.baseURL);
      // n8n ends an expression at the first pair of closing braces.
      expect(expression.indexOf('}}')).toBe(expression.length - 2);
      expect(runInNewContext(expression.slice(3, -2), { $credentials: { baseUrl } })).toBe(asked);
    }
  });

  it('mask what is secret, and nothing else', () => {
    for (const { properties } of CREDENTIALS) {
      const masked = properties.filter(({ typeOptions }) => typeOptions?.password === true).map(({ name }) => name);
      expect(masked).toEqual(['apiKey', 'signingSecret'].filter((name) => fieldOf(properties, name)));
    }
  });
});

describe('the triggers', () => {
  it('offer every event that Rendobar documents', () => {
    const options = fieldOf(new RendobarTrigger().description.properties, 'events')?.options ?? [];
    expect(options.map((option) => ('value' in option ? option.value : '')).sort()).toEqual(
      [...RENDOBAR_EVENTS].sort(),
    );
  });
});

describe('the codex of a node', () => {
  it.each(NODES.map(({ description }) => description.name))('names it (%s)', (name) => {
    const file = name.charAt(0).toUpperCase() + name.slice(1);
    expect(readJson(`nodes/${file}/${file}.node.json`)).toMatchObject({ node: `n8n-nodes-renderq.${name}` });
  });
});

interface ExampleNode {
  readonly name: string;
  readonly type: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly credentials?: Readonly<Record<string, unknown>>;
  readonly webhookId?: string;
}

interface Example {
  readonly nodes: readonly ExampleNode[];
  readonly connections: Readonly<Record<string, Readonly<Record<string, readonly (readonly { node: string }[])[]>>>>;
}

/** What n8n adds to a node that is used as a tool. */
const OF_A_TOOL = ['descriptionType', 'toolDescription'];

describe.each(readdirSync(new URL('examples/', home)))('the example %s', (file) => {
  const { nodes, connections } = readJson(`examples/${file}`) as Example;
  const ours = nodes.filter(({ type }) => type.startsWith('n8n-nodes-renderq.'));

  it('sets no parameter that its nodes do not have, and shows them the right credential', () => {
    expect(ours).not.toEqual([]);
    for (const { type, parameters, credentials, webhookId } of ours) {
      const name = type.replace(/^n8n-nodes-renderq\./, '').replace(/Tool$/, '');
      const description = NODES.find((node) => node.description.name === name)?.description;
      const known = description?.properties.map((field) => field.name) ?? [];
      expect([...known, ...OF_A_TOOL]).toEqual(expect.arrayContaining(Object.keys(parameters)));
      expect(Object.keys(credentials ?? {})).toEqual(description?.credentials?.map((each) => each.name));
      expect(webhookId).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it('connects nodes that are there', () => {
    const names = nodes.map(({ name }) => name);
    const targets = Object.values(connections).flatMap((kinds) =>
      Object.values(kinds)
        .flat(2)
        .map(({ node }) => node),
    );
    expect(names).toEqual(expect.arrayContaining([...Object.keys(connections), ...targets]));
  });
});
