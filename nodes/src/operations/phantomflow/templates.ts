import { type PhantomFlowClient, type PhantomFlowMovie, type PhantomFlowTemplate, RenderError } from '@renderq/core';
import type { IDataObject } from 'n8n-workflow';
import { toData } from '../../items/to-data.ts';
import type { ItemOperation } from '../node-run.ts';
import { readJsonObject, readNumber, readParameter, readText } from '../parameters.ts';
import { readTemplateId } from './movie-request.ts';

type Operation = ItemOperation<PhantomFlowClient>;

export const getTemplates: Operation = async ({ ctx, client, index, signal, isTool }) => {
  const isSimple = isTool || readParameter(ctx, 'simplify', index, true) === true;
  const wantsAll = !isTool && readParameter(ctx, 'returnAll', index, false) === true;
  const most = wantsAll ? undefined : readNumber(ctx, 'limit', index, 'Limit', 1);
  const { templates } = await client.templates.list({ signal });
  return { index, made: templates.slice(0, most).map((template) => ({ json: templateData(template, isSimple) })) };
};

/** PhantomFlow documents no call for one template: it is looked up in the list. */
export const getTemplate: Operation = async ({ ctx, client, index, signal, isTool }) => {
  const id = readTemplateId(ctx, index);
  const { templates } = await client.templates.list({ signal });
  const template = templates.find((each) => each.id === id);
  if (template !== undefined) return { index, made: [{ json: templateData(template, isTool) }] };
  throw new RenderError({
    code: 'NOT_FOUND',
    message: 'The account has no template of this id.',
    field: 'templateId',
    provider: 'phantomflow',
    remedy: 'Choose a template from the list, or check its id.',
  });
};

export const createTemplate: Operation = async ({ ctx, client, index, signal, isTool, onSend, onAccepted }) => {
  const name = readText(ctx, 'name', index, 'Name');
  const script = readJsonObject(ctx, 'script', index, 'Movie Script') as IDataObject & PhantomFlowMovie;
  const isPublic = readParameter(ctx, 'isPublic', index, false) === true;
  onSend();
  const template = await client.templates.create({ name, script, isPublic }, { signal });
  onAccepted();
  return { index, made: [{ json: templateData(template, isTool) }] };
};

function templateData(template: PhantomFlowTemplate, isSimple: boolean): IDataObject {
  const { id, script, ...rest } = template;
  return toData({ templateId: id, provider: 'phantomflow', ...rest, ...(!isSimple && { script }) });
}
