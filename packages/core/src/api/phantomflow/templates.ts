import { callOptions } from '../../arguments/call-options.ts';
import { fields } from '../../arguments/check-argument.ts';
import { guard } from '../../arguments/guard.ts';
import { FLAG } from '../../arguments/rule.ts';
import type { CallOptions } from '../../contract/client.ts';
import { definedFields } from '../../decode/defined-fields.ts';
import { badAnswer } from '../../decode/error-answer.ts';
import { asObject, type JsonObject, listEntries, parseJson, unwrap } from '../../decode/json-body.ts';
import { readNumber, readText, readTime } from '../../decode/scalars.ts';
import { RenderError } from '../../errors/render-error.ts';
import type { HttpResponse } from '../../ports/http-transport.ts';
import { PHANTOMFLOW_DIALECT } from '../../providers/phantomflow/errors.ts';
import type { ApiCaller } from '../api-caller.ts';
import type { PhantomFlowMovie } from './movie.ts';
import { templateVariables } from './template-variables.ts';

/** A stored movie script with `{{variable}}` placeholders. Which fields the service answers with is not documented. */
export interface PhantomFlowTemplate {
  readonly id: string;
  readonly name?: string;
  readonly description?: string;
  readonly isPublic?: boolean;
  /** The names of the placeholders: as the service lists them, else as they stand in the script. */
  readonly variables?: readonly string[];
  readonly script?: JsonObject;
  /** Unix milliseconds. */
  readonly createdAt?: number;
}

export interface PhantomFlowTemplatePage {
  readonly templates: readonly PhantomFlowTemplate[];
  /** Templates in all, where the service tells it. */
  readonly total?: number;
}

/** What POST /api/templates takes (PhantomFlow templates page). */
export interface NewPhantomFlowTemplate {
  readonly name: string;
  /** Strings in it may hold `{{variable}}`. */
  readonly script: PhantomFlowMovie;
  /** Whether other accounts may use it. Default false. */
  readonly isPublic?: boolean | undefined;
}

export interface PhantomFlowTemplates {
  /** The templates that this account may use. No paging is documented. */
  list(options?: CallOptions): Promise<PhantomFlowTemplatePage>;
  /**
   * Stores a template. Never repeated on its own: a lost answer may mean that it is stored already.
   * @throws {RenderError} INVALID_REQUEST with field `name` or `script` before anything is sent.
   */
  create(template: NewPhantomFlowTemplate, options?: CallOptions): Promise<PhantomFlowTemplate>;
}

const PATH = '/api/templates';

export function createTemplates(call: ApiCaller): PhantomFlowTemplates {
  const templates: PhantomFlowTemplates = {
    list: (options) => call({ method: 'GET', path: PATH }, { options, read: readTemplates }),
    create: async ({ name, script, isPublic = false }, options) => {
      checkTemplate(name, script);
      const body = { name, script, is_public: isPublic };
      const read = (response: HttpResponse) => readCreated(response, body);
      return call({ method: 'POST', path: PATH, body }, { options, read, isRepeatable: false });
    },
  };
  return guard(templates, {
    list: [callOptions],
    create: [
      fields('template', { takes: { isPublic: FLAG }, remedy: 'Pass an object with name and script.' }),
      callOptions,
    ],
  });
}

/** PhantomFlow error page: an empty template name is VALIDATION_ERROR. */
function checkTemplate(name: unknown, script: unknown): void {
  const [field, message] =
    typeof name !== 'string' || name.trim() === ''
      ? ['name', 'A template needs a name.']
      : asObject(script) === undefined
        ? ['script', 'The script of a template must be a movie script: a JSON object.']
        : [];
  if (field === undefined || message === undefined) return;
  throw new RenderError({ code: 'INVALID_REQUEST', message, field, provider: PHANTOMFLOW_DIALECT.provider });
}

function readTemplates(response: HttpResponse): PhantomFlowTemplatePage {
  const body = parseJson(response.body);
  const outer = unwrap(body);
  const entries = listEntries(outer?.templates) ?? listEntries(body);
  if (entries === undefined) throw badAnswer(PHANTOMFLOW_DIALECT, response, 'no list of templates');
  const templates = entries.flatMap((entry) => toTemplate(unwrap(entry, ['template'])) ?? []);
  const meta = asObject(asObject(body)?.meta);
  return { templates, ...definedFields({ total: readNumber(meta?.total ?? outer?.total ?? asObject(body)?.total) }) };
}

/** What was sent fills in for what the answer leaves out. */
function readCreated(
  response: HttpResponse,
  sent: { readonly name: string; readonly script: object },
): PhantomFlowTemplate {
  const template = toTemplate({ ...sent, ...unwrap(parseJson(response.body), ['template']) });
  if (template !== undefined) return template;
  throw badAnswer(PHANTOMFLOW_DIALECT, response, 'no template id').with({
    remedy: 'Look for the template in templates.list() before creating it again: it may have been stored.',
  });
}

function toTemplate(raw: JsonObject | undefined): PhantomFlowTemplate | undefined {
  const id = readText(raw?.template_id ?? raw?.templateId ?? raw?.id);
  if (raw === undefined || id === undefined) return undefined;
  const script = asObject(raw.script);
  const isPublic = raw.is_public ?? raw.isPublic;
  return {
    id,
    ...definedFields({
      name: readText(raw.name),
      description: readText(raw.description),
      isPublic: typeof isPublic === 'boolean' ? isPublic : undefined,
      variables: listedVariables(raw.variables) ?? (script === undefined ? undefined : templateVariables(script)),
      script,
      createdAt: readTime(raw.created_at ?? raw.createdAt),
    }),
  };
}

/** Names, or objects with a name or a key; undefined where there is no list of them. */
function listedVariables(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.flatMap((entry) => readText(asObject(entry)?.name ?? asObject(entry)?.key ?? entry) ?? []);
}
