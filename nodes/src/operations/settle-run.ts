import type { INode, INodeExecutionData } from 'n8n-workflow';
import type { ItemOutcome } from '../items/item-outcome.ts';
import { toNodeError } from '../items/node-error.ts';
import type { OutcomeRouter } from '../items/outcome-outputs.ts';
import { toData } from '../items/to-data.ts';

/** Job ids that a message names; the rest is counted. */
const MOST_NAMED = 20;

/** An item of an outcome, tied to the input item that it came from. A failed one has `error` and nothing beside it. */
export function outcomeItems(outcome: ItemOutcome): INodeExecutionData[] {
  const pairedItem = { item: outcome.index };
  if ('error' in outcome) return [{ json: { error: toData(outcome.error) }, pairedItem }];
  return outcome.made.map((made) => ({ ...made, pairedItem }));
}

/**
 * The outputs of a run, in the order of its items.
 * @throws {NodeApiError} for the first failure, where the workflow is to stop at it.
 */
export function settleRun(
  outcomes: readonly ItemOutcome[],
  how: { readonly node: INode; readonly router: OutcomeRouter; readonly stopsAtFailure: boolean },
): INodeExecutionData[][] {
  const failed = outcomes.find((outcome) => 'error' in outcome && outcome.isGivenUp !== true);
  if (how.stopsAtFailure && failed !== undefined && 'error' in failed) {
    throw toNodeError(how.node, failed.error, failed.index, submittedNote(outcomes));
  }
  const outputs: INodeExecutionData[][] = Array.from({ length: how.router.outputs }, () => []);
  for (const outcome of outcomes) {
    const error = 'error' in outcome ? outcome.error : outcome.jobError;
    outputs[how.router.outputOf(error)]?.push(...outcomeItems(outcome));
  }
  return outputs;
}

/** What was submitted goes on, and is paid, although the workflow stops. */
function submittedNote(outcomes: readonly ItemOutcome[]): string | undefined {
  const ids = outcomes.flatMap((outcome) =>
    ('made' in outcome ? outcome.made : []).flatMap(({ json }) => json.jobId ?? []),
  );
  if (ids.length === 0) return undefined;
  const more = ids.length > MOST_NAMED ? ` and ${ids.length - MOST_NAMED} more` : '';
  return `Jobs of other items: ${ids.slice(0, MOST_NAMED).join(', ')}${more}.`;
}
