import type { ErrorRecord } from '@renderq/core';
import type { INodeOutputConfiguration } from 'n8n-workflow';

/** The parameters that decide which outputs a node has. */
export interface BranchParameters {
  /** `off`, `category` or `code`. */
  readonly branching?: unknown;
  readonly branchCategories?: unknown;
  readonly branchCodes?: unknown;
}

/**
 * The outputs of a node: one, or Success, then one for each category or code that the user picked, then Other.
 * n8n is given this function as text, as the expression of the node's outputs: it must not use anything but its argument.
 */
export function outcomeOutputs(parameters: BranchParameters): INodeOutputConfiguration[] {
  const type = 'main';
  const mode = parameters.branching;
  if (mode !== 'category' && mode !== 'code') return [{ type }] as INodeOutputConfiguration[];
  const chosen = mode === 'category' ? parameters.branchCategories : parameters.branchCodes;
  const named = (Array.isArray(chosen) ? chosen : []).map((name: string) => ({
    type,
    displayName: mode === 'category' ? name.charAt(0).toUpperCase() + name.slice(1) : name,
  }));
  return [{ type, displayName: 'Success' }, ...named, { type, displayName: 'Other' }] as INodeOutputConfiguration[];
}

/** The same as the expression that n8n evaluates in the editor and at run time. */
export const OUTPUTS_EXPRESSION = `={{(${outcomeOutputs.toString()})($parameter)}}` as const;

/** How many outputs there are, and on which of them an outcome leaves the node. */
export interface OutcomeRouter {
  readonly outputs: number;
  readonly isBranching: boolean;
  /** @param error why the item, or the job that it looked at, failed; undefined for a success. */
  outputOf(error: ErrorRecord | undefined): number;
}

/** An item goes to the output that names its category, its provider's own code, or renderq's code; else to Other. */
export function createRouter(parameters: BranchParameters): OutcomeRouter {
  const outputs = outcomeOutputs(parameters).length;
  const isBranching = outputs > 1;
  const { branching, branchCategories, branchCodes } = parameters;
  const chosen: unknown = branching === 'category' ? branchCategories : branchCodes;
  const names: readonly unknown[] = isBranching && Array.isArray(chosen) ? chosen : [];
  return {
    outputs,
    isBranching,
    outputOf(error) {
      if (!isBranching || error === undefined) return 0;
      const words = branching === 'category' ? [error.category] : [error.providerCode, error.code];
      const found = words.map((word) => names.indexOf(word)).find((at) => at >= 0);
      return found === undefined ? outputs - 1 : found + 1;
    },
  };
}
