import type { ValidationIssue } from '../../contract/provider.ts';
import { asObject, type JsonObject } from '../../decode/json-body.ts';

const ID_FIELD = 'template_id';

/** Whether a request renders a stored template: it has no scenes of its own, and names a template, if in another spelling. */
export function namesTemplate(request: unknown): boolean {
  const body = asObject(request);
  return body !== undefined && (body[ID_FIELD] !== undefined || misspelledId(body) !== undefined);
}

/** PhantomFlow error page: a missing template_id is INVALID_REQUEST. */
export function checkTemplateRender(body: JsonObject): readonly ValidationIssue[] {
  const { template_id: id, variables } = body;
  const issues: ValidationIssue[] = [];
  const misspelled = misspelledId(body);
  if (misspelled !== undefined) {
    const message = `Did you mean "${ID_FIELD}"? "${misspelled}" is not read: a request is written as the API spells it.`;
    issues.push({ field: ID_FIELD, message });
  } else if (typeof id !== 'string' || id.trim() === '') {
    issues.push({ field: ID_FIELD, message: '"template_id" must be the id of a template, as text.' });
  }
  if (variables !== undefined && asObject(variables) === undefined) {
    issues.push({ field: 'variables', message: '"variables" must be an object: one value per placeholder.' });
  }
  return issues;
}

/** The field that was meant to be the id: `templateId`, as renderTemplate of the client spells it, or the like. */
function misspelledId(body: JsonObject): string | undefined {
  if (body[ID_FIELD] !== undefined || body.scenes !== undefined) return undefined;
  return Object.keys(body).find((field) => /^template[-_ ]?id$/i.test(field) && body[field] !== undefined);
}
