import type { IDataObject } from 'n8n-workflow';
import {
  asObject,
  optionText,
  type ParameterSource,
  readJsonObject,
  readOptions,
  readParameter,
  readText,
} from '../parameters.ts';

/** The movie script of the node, with the options that the API takes beside it. */
export function readMovie(ctx: ParameterSource, index: number): IDataObject {
  const movie = readJsonObject(ctx, 'movie', index, 'Movie Script');
  return { ...movie, ...webhookOf(ctx, index) };
}

/** The render of a stored template: its id and a value for each of its variables. */
export function readTemplateRender(ctx: ParameterSource, index: number): IDataObject {
  const templateId = readTemplateId(ctx, index);
  const isJson = readParameter(ctx, 'variablesMode', index, 'form') === 'json';
  const variables = isJson ? readJsonObject(ctx, 'variablesJson', index, 'Variables') : mapped(ctx, index);
  return { template_id: templateId, variables, ...webhookOf(ctx, index) };
}

/** What the node is to render: a movie script or a template, by its resource. */
export function readRender(ctx: ParameterSource, index: number): IDataObject {
  const isTemplate = readParameter(ctx, 'resource', 0, 'render') === 'template';
  return isTemplate ? readTemplateRender(ctx, index) : readMovie(ctx, index);
}

/** The template's id, out of a list or as text. */
export function readTemplateId(ctx: ParameterSource, index: number): string {
  const locator = asObject(readParameter(ctx, 'templateId', index, ''));
  const source: ParameterSource = locator === undefined ? ctx : { getNodeParameter: () => locator.value as never };
  return readText(source, 'templateId', index, 'Template');
}

function mapped(ctx: ParameterSource, index: number): IDataObject {
  const mapper = asObject(readParameter(ctx, 'variables', index, {}));
  const values = asObject(mapper?.value) ?? {};
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}

function webhookOf(ctx: ParameterSource, index: number): IDataObject {
  const url = optionText(readOptions(ctx, index), 'webhookUri');
  return url === undefined ? {} : { webhook_uri: url };
}
