import type { PhantomFlowClient } from '@renderq/core';
import { openPhantomFlow } from '../../host/open-account.ts';
import type { NodeActions } from '../execute-node.ts';
import { renderAndWait } from '../render-and-wait.ts';
import { readRender } from './movie-request.ts';
import { createRender, downloadRender, getLimits, getRender, getRenders, validateRender } from './renders.ts';
import { createTemplate, getTemplate, getTemplates } from './templates.ts';

/** Films that one run moves at a time: each holds a connection and some buffers. */
const FILES_AT_ONCE = 3;

/** All that the PhantomFlow node does. */
export const PHANTOMFLOW_ACTIONS: NodeActions<PhantomFlowClient> = {
  vendor: 'phantomflow',
  open: openPhantomFlow,
  operations: {
    'render.create': { item: createRender },
    'render.renderAndWait': { run: renderAndWait(readRender) },
    'render.get': { item: getRender },
    'render.download': { item: downloadRender, concurrency: FILES_AT_ONCE },
    'render.getMany': { item: getRenders },
    'render.validate': { item: validateRender },
    'template.render': { item: createRender },
    'template.renderAndWait': { run: renderAndWait(readRender) },
    'template.getMany': { item: getTemplates },
    'template.get': { item: getTemplate },
    'template.create': { item: createTemplate },
    'account.getLimits': { item: getLimits },
  },
};
