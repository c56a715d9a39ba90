import { join } from 'node:path';
import { RENDER_ERROR_CODES } from '@renderq/core';
import { describe, expect, it } from 'vitest';
import { SERVER_ENTRY } from '../journeys/mcp/server-process.ts';
import type { Answer, ToolCaller } from './caller.ts';
import { CLIENTS, withCaller } from './clients.ts';
import { ACCOUNT_ERRORS, ENDLESS, OWN_ERRORS, type OwnError, STORE_ERRORS, waitInVain } from './own-errors.ts';
import { followJob, fromStructure, fromText, structureOf, submitJob } from './read-error.ts';
import { onRowStage } from './row-stage.ts';
import { ERROR_CASES, type ErrorCase, requestFor } from './rows.ts';
import { sideBySide } from './side-by-side.ts';
import { PROVIDERS } from './vendor-dialects.ts';

/** Codes that no tool answers with: the wait of a tool ends as a look, a cancelled job is a state, the last is a defect. */
const NEVER_ANSWERED = ['WAIT_TIMEOUT', 'CANCELLED', 'INTERNAL'];

/** What a client reads of a case, from each of the two places where it may find it. */
interface Reading {
  readonly text: string;
  readonly structure: string;
  readonly isError: boolean;
}

const told = ({ code, providerCode }: { readonly code: string; readonly providerCode?: string | undefined }) =>
  providerCode === undefined ? code : `${code} (${providerCode})`;

function readingOf(answer: Answer): Reading {
  const { isError, structured } = answer;
  const inText = fromText(answer);
  const text = inText ? told(inText) : answer.text;
  if (!structured) return { isError, text, structure: text };
  const inStructure = fromStructure(answer);
  return { isError, text, structure: inStructure ? told(inStructure) : JSON.stringify(structured) };
}

const nameOf = ({ provider, name }: ErrorCase) => `${provider} ${name}`;

/** Of both accounts together within what the server lets one caller have under way over HTTP. */
const SIDE_BY_SIDE = 14;

/** Reads all cases of an account as side by side as they allow. */
async function readAll(caller: ToolCaller, cases: readonly ErrorCase[]): Promise<Readonly<Record<string, Reading>>> {
  const readings: Record<string, Reading> = {};
  const submitted = new Map<ErrorCase, Answer>();
  const submit = async (each: ErrorCase) => {
    submitted.set(each, await submitJob(caller, { provider: each.provider, request: requestFor(each) }));
  };
  const read = async (each: ErrorCase) => {
    if (!submitted.has(each)) await submit(each);
    const last = submitted.get(each);
    if (last) readings[nameOf(each)] = readingOf(await followJob(caller, last));
  };
  const inOrder = async (some: readonly ErrorCase[]) => {
    for (const each of some) await read(each);
  };
  const plain = cases.filter(({ doubtful, pauses }) => !doubtful && !pauses);
  // A submit in doubt is settled by what the job list shows: no other may be on the wire meanwhile.
  await sideBySide(SIDE_BY_SIDE, plain, submit);
  const doubtful = inOrder(cases.filter((each) => each.doubtful));
  await sideBySide(SIDE_BY_SIDE, plain, read);
  await doubtful;
  await inOrder(cases.filter((each) => each.pauses));
  return readings;
}

async function expectOwn(caller: ToolCaller, errors: readonly OwnError[]): Promise<void> {
  for (const { title, code, field, run } of errors) {
    const answer = await run(caller);
    expect(fromText(answer), title).toMatchObject({ code });
    if (!answer.structured) continue;
    const error = fromStructure(answer);
    expect(error, title).toMatchObject({ code, remedy: expect.stringMatching(/\w/), ...(field && { field }) });
  }
}

describe.concurrent.each(CLIENTS.filter(({ readsTables }) => readsTables))('$name on $transport', (client) => {
  it('reads every error code of both vendors, wherever the vendor speaks it', async () => {
    await onRowStage(ERROR_CASES, async (stage) => {
      await withCaller(client, stage, {}, async (caller) => {
        const ofProvider = (id: string) => ERROR_CASES.filter(({ provider }) => provider === id);
        const readings = await Promise.all(PROVIDERS.map((id) => readAll(caller, ofProvider(id))));
        const wanted = ERROR_CASES.map((each) => {
          const words = told(each);
          return [nameOf(each), { text: words, structure: words, isError: each.isError }] as const;
        });
        expect(Object.assign({}, ...readings)).toEqual(Object.fromEntries(wanted));
      });
    });
  });
});

describe.concurrent.each(CLIENTS)('$name on $transport', (client) => {
  it('reads the errors that are renderq’s own, and no error where only a wait has ended', async () => {
    await onRowStage(ENDLESS, async (stage) => {
      await withCaller(client, stage, {}, async (caller) => {
        const reached = OWN_ERRORS.filter(({ inSchema }) => !(inSchema && client.checksArguments));
        await expectOwn(caller, reached);
        const waited = await waitInVain(caller);
        expect(waited.isError).toBe(false);
        expect(fromStructure(waited)).toBeUndefined();
        expect(structureOf(waited).job?.state).toMatch(/^(queued|running)$/);
      });
      const lame = { RENDOBAR_API_KEY: '', PHANTOMFLOW_BASE_URL: 'http://127.0.0.1:1' };
      await withCaller(client, stage, lame, (caller) => expectOwn(caller, ACCOUNT_ERRORS));
      // No folder can be made inside a program's file.
      const homeless = { RENDERQ_HOME: join(SERVER_ENTRY, 'home') };
      await withCaller(client, stage, homeless, (caller) => expectOwn(caller, STORE_ERRORS));
    });
  });
});

it('every code of the closed union is among those that the clients read', () => {
  const read = new Set([...ERROR_CASES, ...OWN_ERRORS, ...ACCOUNT_ERRORS, ...STORE_ERRORS].map(({ code }) => code));
  expect(RENDER_ERROR_CODES.filter((code) => !read.has(code) && !NEVER_ANSWERED.includes(code))).toEqual([]);
});
