import type { IExecuteData, IExecuteFunctions, INode, IRunExecutionData, NodeApiError } from 'n8n-workflow';

/** What n8n's contexts have besides their published interfaces. */
interface StoredRun {
  readonly runExecutionData?: IRunExecutionData | null;
}

type SleepingContext = StoredRun & Partial<Pick<IExecuteFunctions, 'setMetadata'>>;
type ResumingContext = StoredRun & { getNode(): INode };

/**
 * "Stop Workflow" for an execution that has slept. A resumed node is not run again, so it cannot throw, and an exception in
 * `webhook()` would send an empty item on; n8n itself stops a resumed node by `resumeError` (n8n-workflow: ITaskMetadata), as
 * it does for failed sub-workflows. Versions without it let the items pass, and those say that they failed.
 *
 * This one is for the clock: set before the execution sleeps, it is what n8n finds when nobody wakes it. It is set only where
 * the callback will be able to take it back.
 */
export function stopAtTimeout(context: SleepingContext, error: NodeApiError): void {
  if (context.runExecutionData) context.setMetadata?.({ resumeError: asStored(error) });
}

/** This one is for the callback: lets the execution end with an error, or, without one, go on. */
export function stopAtResume(context: ResumingContext, error: NodeApiError | undefined): void {
  const entry: IExecuteData | undefined = context.runExecutionData?.executionData?.nodeExecutionStack[0];
  if (entry === undefined || entry.node.name !== context.getNode().name) return;
  const { resumeError: _taken, ...metadata } = entry.metadata ?? {};
  entry.metadata = error === undefined ? metadata : { ...metadata, resumeError: asStored(error) };
}

/** As the plain data that becomes of any error when n8n writes an execution down. */
function asStored({ name, message, ...error }: NodeApiError): NodeApiError {
  return JSON.parse(JSON.stringify({ ...error, name, message, stack: '' })) as NodeApiError;
}
