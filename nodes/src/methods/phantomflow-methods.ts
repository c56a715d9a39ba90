import type { PhantomFlowTemplate } from '@renderq/core';
import type { ILoadOptionsFunctions, INodeListSearchResult, ResourceMapperFields } from 'n8n-workflow';
import { openPhantomFlow } from '../host/open-account.ts';
import { asObject } from '../operations/parameters.ts';
import { loadFromAccount } from './load-from-account.ts';

/** A person waits for the panel to fill. */
const PATIENCE_MS = 10_000;

/** The templates of the account whose name or id holds the filter. */
export async function getTemplates(this: ILoadOptionsFunctions, filter?: string): Promise<INodeListSearchResult> {
  const wanted = (filter ?? '').toLowerCase();
  const templates = await listTemplates(this);
  return {
    results: templates
      .map(({ id, name }) => ({ name: name ?? id, value: id }))
      .filter(({ name, value }) => `${name} ${value}`.toLowerCase().includes(wanted)),
  };
}

/** One field for each variable of the chosen template. */
export async function getTemplateVariables(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
  const parameter = this.getCurrentNodeParameter('templateId');
  const id = String(asObject(parameter)?.value ?? (typeof parameter === 'string' ? parameter : ''));
  const template = (await listTemplates(this)).find((each) => each.id === id);
  const names = template?.variables ?? [];
  return {
    fields: names.map((name) => ({
      id: name,
      displayName: name,
      required: false,
      defaultMatch: false,
      canBeUsedToMatch: false,
      display: true,
      type: 'string',
    })),
    ...(names.length === 0 && {
      emptyFieldsNotice:
        template === undefined ? 'Choose a template first, or give JSON.' : 'This template has no variables.',
    }),
  };
}

function listTemplates(ctx: ILoadOptionsFunctions): Promise<readonly PhantomFlowTemplate[]> {
  return loadFromAccount(ctx, 'phantomflow', openPhantomFlow, async (client) => {
    const { templates } = await client.templates.list({ maxQueueMs: PATIENCE_MS });
    return templates;
  });
}
