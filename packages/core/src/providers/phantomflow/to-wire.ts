import type { ListOptions, SchemaSubject, ValidationIssue, WireCall } from '../../contract/provider.ts';
import { jobPathSegment } from '../../decode/job-id.ts';
import { asObject, type JsonObject } from '../../decode/json-body.ts';

/** A request with `template_id` renders a stored template; any other is itself the movie script. */
export function submitCall(request: unknown): WireCall {
  return { method: 'POST', path: rendersTemplate(request) ? '/api/render/template' : '/api/render', body: request };
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
  return rendersTemplate(request) ? null : { method: 'GET', path: '/api/render/schema' };
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
  if (rendersTemplate(body)) return checkTemplateRender(body);
  const { scenes } = body;
  if (scenes === undefined) return [{ field: 'scenes', message: 'Either "scenes" or "template_id" is required.' }];
  if (!Array.isArray(scenes)) return [{ field: 'scenes', message: '"scenes" must be an array.' }];
  return scenes.length === 0 ? [{ field: 'scenes', message: 'At least one scene is required.' }] : [];
}

/** PhantomFlow error page: a missing template_id is INVALID_REQUEST. */
function checkTemplateRender({ template_id: id, variables }: JsonObject): readonly ValidationIssue[] {
  const issues: ValidationIssue[] = [];
  if (typeof id !== 'string' || id.trim() === '') {
    issues.push({ field: 'template_id', message: '"template_id" must be the id of a template, as text.' });
  }
  if (variables !== undefined && asObject(variables) === undefined) {
    issues.push({ field: 'variables', message: '"variables" must be an object: one value per placeholder.' });
  }
  return issues;
}

function rendersTemplate(request: unknown): boolean {
  return asObject(request)?.template_id !== undefined;
}
