import { runInNewContext } from 'node:vm';
import { type ErrorRecord, listErrorRows, RENDER_ERROR_CODES, RenderError } from '@renderq/core';
import { describe, expect, it } from 'vitest';
import { branchingProperties } from '../properties/branching.ts';
import { createRouter, OUTPUTS_EXPRESSION, outcomeOutputs } from './outcome-outputs.ts';

const errorOf = (code: ErrorRecord['code'], providerCode?: string): ErrorRecord =>
  new RenderError({ code, message: 'm', ...(providerCode !== undefined && { providerCode }) }).record;

const namesOf = (parameters: object) => outcomeOutputs(parameters).map(({ displayName }) => displayName);

/** As n8n does: the text between the braces, with nothing else in reach. */
const evaluated = (parameters: object) =>
  JSON.parse(JSON.stringify(runInNewContext(OUTPUTS_EXPRESSION.slice(3, -2), { $parameter: parameters })));

const BY_CATEGORY = { branching: 'category', branchCategories: ['account', 'render'] };
const BY_CODE = { branching: 'code', branchCodes: ['RUNNER_TIMEOUT', 'RENDER_FAILED', 'INSUFFICIENT_CREDITS'] };

describe('the outputs of a node', () => {
  it.each([
    [{}, [undefined]],
    [{ branching: 'off', branchCategories: ['account'] }, [undefined]],
    [BY_CATEGORY, ['Success', 'Account', 'Render', 'Other']],
    [BY_CODE, ['Success', 'RUNNER_TIMEOUT', 'RENDER_FAILED', 'INSUFFICIENT_CREDITS', 'Other']],
    [{ branching: 'category' }, ['Success', 'Other']],
  ])('for %j are %j', (parameters, names) => {
    expect(namesOf(parameters)).toEqual(names);
  });

  it('are the same where n8n evaluates them as an expression', () => {
    for (const parameters of [{}, BY_CATEGORY, BY_CODE]) {
      expect(evaluated(parameters)).toEqual(JSON.parse(JSON.stringify(outcomeOutputs(parameters))));
    }
    // n8n ends an expression at the first pair of closing braces.
    expect(OUTPUTS_EXPRESSION.indexOf('}}')).toBe(OUTPUTS_EXPRESSION.length - 2);
  });
});

describe('branch on outcome', () => {
  it.each([
    ['a success', BY_CATEGORY, undefined, 'Success'],
    ['a picked category', BY_CATEGORY, errorOf('INSUFFICIENT_CREDITS'), 'Account'],
    ['another code of it', BY_CATEGORY, errorOf('UNAUTHENTICATED', 'UNAUTHORIZED'), 'Account'],
    ['a category that was not picked', BY_CATEGORY, errorOf('RATE_LIMITED'), 'Other'],
    ["the provider's own code", BY_CODE, errorOf('RENDER_TIMEOUT', 'RUNNER_TIMEOUT'), 'RUNNER_TIMEOUT'],
    ["renderq's code", BY_CODE, errorOf('RENDER_FAILED', 'PROCESSING_FAILED'), 'RENDER_FAILED'],
    ['a code of both', BY_CODE, errorOf('INSUFFICIENT_CREDITS', 'INSUFFICIENT_CREDITS'), 'INSUFFICIENT_CREDITS'],
    ['a code that was not picked', BY_CODE, errorOf('RENDER_TIMEOUT', 'JOB_TIMEOUT'), 'Other'],
  ])('sends %s to its output', (_what, parameters, error, name) => {
    expect(namesOf(parameters)[createRouter(parameters).outputOf(error)]).toBe(name);
  });

  it('has an output for every code of both tables and every category', () => {
    for (const { provider, providerCode, code, category } of listErrorRows()) {
      const error = errorOf(code, providerCode);
      const branchCodes = codesOf(provider);
      const byCode = { branching: 'code', branchCodes };
      expect(branchCodes).toContain(providerCode);
      expect(namesOf(byCode)[createRouter(byCode).outputOf(error)]).toBe(providerCode);
      const byCategory = { branching: 'category', branchCategories: ['request', category] };
      const name = namesOf(byCategory)[createRouter(byCategory).outputOf(error)];
      expect(name?.toLowerCase()).toBe(category);
    }
    for (const code of RENDER_ERROR_CODES) expect(codesOf('phantomflow')).toContain(code);
  });

  it('is one output for everything while it is off', () => {
    const router = createRouter({ branching: 'off' });
    expect([router.outputs, router.isBranching, router.outputOf(errorOf('NETWORK'))]).toEqual([1, false, 0]);
  });
});

/** The codes that the panel offers. */
function codesOf(provider: string): readonly unknown[] {
  const property = branchingProperties(provider).find(({ name }) => name === 'branchCodes');
  return (property?.options ?? []).flatMap((option) => ('value' in option ? [option.value] : []));
}
