import type { ListOptions, SchemaSubject, ValidationIssue, WireCall } from '../../contract/provider.ts';
import { jobPathSegment } from '../../decode/job-id.ts';
import { asObject } from '../../decode/json-body.ts';
import { checkTemplateRender, namesTemplate } from './template-render.ts';

/** A request with `template_id` renders a stored template; any other is itself the movie script. */
export function submitCall(request: unknown): WireCall {
  return { method: 'POST', path: namesTemplate(request) ? '/api/render/template' : '/api/render', body: request };
}

/** A template's renders take about as long as each other; of other movies nothing is known beforehand. */
export function kindOf(request: unknown): string {
  const id = asObject(request)?.template_id;
  return typeof id === 'string' ? `template ${id}` : 'movie';
}

/** PhantomFlow webhooks page: the URL stands in the request itself. */
export function announces(request: unknown): boolean {
  return typeof asObject(request)?.webhook_uri === 'string';
}

export function getCall(jobId: string): WireCall {
  return { method: 'GET', path: `/api/jobs/${jobPathSegment(jobId)}` };
}

/** No paging is documented, so none is asked for. */
export function listCall(_options: ListOptions): WireCall {
  return { method: 'GET', path: '/api/jobs' };
}

/** The schema describes movie scripts; nothing of the kind is served for templates. */
export function schemaCall(request: unknown): WireCall | null {
  return namesTemplate(request) ? null : { method: 'GET', path: '/api/render/schema' };
}

/** PhantomFlow's schemas are about the whole body. */
export function schemaSubject(_schema: object, request: unknown): SchemaSubject {
  return { path: [], value: request };
}

/** Only what is certain without asking: the provider's own words on the rest are better than ours. */
export function checkRequest(request: unknown): readonly ValidationIssue[] {
  const body = asObject(request);
  if (body === undefined) {
    return [
      {
        field: 'request',
        message: 'The request must be a JSON object: a movie script, or a template_id with variables.',
      },
    ];
  }
  if (namesTemplate(body)) return checkTemplateRender(body);
  const { scenes } = body;
  if (scenes === undefined) return [{ field: 'scenes', message: 'Either "scenes" or "template_id" is required.' }];
  if (!Array.isArray(scenes)) return [{ field: 'scenes', message: '"scenes" must be an array.' }];
  return scenes.length === 0 ? [{ field: 'scenes', message: 'At least one scene is required.' }] : [];
}
