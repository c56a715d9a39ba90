import { RenderError } from '@renderq/core';
import type { IRunExecutionData, ITaskMetadata } from 'n8n-workflow';
import { describe, expect, it } from 'vitest';
import { toNodeError } from '../items/node-error.ts';
import { stopAtResume, stopAtTimeout } from './stop-on-resume.ts';

const NODE = {
  id: 'n1',
  name: 'Render',
  type: 't',
  typeVersion: 1,
  position: [0, 0] as [number, number],
  parameters: {},
};
const record = new RenderError({ code: 'WAIT_TIMEOUT', message: 'Too long.', jobId: 'job_1', provider: 'rendobar' })
  .record;
const error = () => toNodeError(NODE, record, 2);

function resuming(metadata?: ITaskMetadata, name = NODE.name) {
  const entry = { node: { ...NODE, name }, data: {}, source: null, metadata };
  const runExecutionData = { executionData: { nodeExecutionStack: [entry] } } as unknown as IRunExecutionData;
  return { context: { getNode: () => NODE, runExecutionData }, metadata: () => entry.metadata };
}

describe('stopping the workflow of an execution that has slept', () => {
  it('leaves an error that survives being written down, with its code and what to do', () => {
    const { context, metadata } = resuming({ parentExecution: { executionId: '1', workflowId: 'w' } });
    stopAtResume(context, error());
    const written = JSON.parse(JSON.stringify(metadata())) as unknown;
    expect(written).toEqual(metadata());
    expect(written).toMatchObject({
      parentExecution: { executionId: '1' },
      resumeError: {
        name: 'NodeApiError',
        message: 'Too long [item 2]',
        description: expect.stringContaining('WAIT_TIMEOUT'),
        context: { code: 'WAIT_TIMEOUT', jobId: 'job_1' },
      },
    });
  });

  it('takes back what was set for the clock when a callback comes first', () => {
    let set: ITaskMetadata = {};
    const sleeping = {
      runExecutionData: {} as IRunExecutionData,
      setMetadata(metadata: ITaskMetadata) {
        set = metadata;
      },
    };
    stopAtTimeout(sleeping, error());
    expect(set.resumeError).toMatchObject({ message: 'Too long [item 2]' });
    const { context, metadata } = resuming(set);
    stopAtResume(context, undefined);
    expect(metadata()).toEqual({});
  });

  it('sets nothing for the clock where no callback could take it back', () => {
    const setMetadata = () => expect.unreachable();
    stopAtTimeout({ setMetadata }, error());
    stopAtTimeout({ runExecutionData: null, setMetadata }, error());
    stopAtTimeout({ runExecutionData: {} as IRunExecutionData }, error());
  });

  it('keeps its hands off an execution that is at another node, or is none', () => {
    const { context, metadata } = resuming(undefined, 'Another');
    stopAtResume(context, error());
    expect(metadata()).toBeUndefined();
    stopAtResume({ getNode: () => NODE }, error());
    stopAtResume({ getNode: () => NODE, runExecutionData: null }, error());
  });
});
