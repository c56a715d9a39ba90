import type { IExecuteFunctions, NodeExecutionHint, NodeHint } from 'n8n-workflow';
import type { CallbackPlan } from '../parking/plan-callback.ts';

/** What the panel says of Render and Wait while its parameters are set. */
export const RENDER_AND_WAIT_HINTS: NodeHint[] = [
  {
    message:
      'With Branch on Outcome the node waits in process, because an execution that sleeps comes back on one output. To let long jobs sleep, switch it off and set On Error to "Continue (using error output)".',
    displayCondition: '={{ $parameter["operation"] === "renderAndWait" && $parameter["branching"] !== "off" }}',
    whenToDisplay: 'beforeExecution',
    location: 'ndv',
  },
  {
    message:
      'Renders of a template are waited for in process: PhantomFlow documents callbacks for movie scripts only. To let long ones sleep, render the movie script itself.',
    displayCondition: '={{ $parameter["operation"] === "renderAndWait" && $parameter["resource"] === "template" }}',
    whenToDisplay: 'beforeExecution',
    location: 'ndv',
  },
];

/** What a run of it says in the editor. n8n has had such hints since 1.74. */
export function addRunHints(
  ctx: Pick<IExecuteFunctions, 'getNode'> & Partial<Pick<IExecuteFunctions, 'addExecutionHints'>>,
  plan: CallbackPlan,
): void {
  const hints: NodeExecutionHint[] = [];
  if (plan.kind === 'poll') {
    hints.push({ message: `The jobs were waited for in process: ${plan.reason}`, location: 'outputPane' });
  }
  if (ctx.getNode().retryOnFail === true) {
    const message =
      'Retry On Fail is on. The node repeats by itself what may be repeated; run again as a whole, it also submits items that failed for good.';
    hints.push({ message, location: 'outputPane' });
  }
  if (hints.length > 0) ctx.addExecutionHints?.(...hints);
}
