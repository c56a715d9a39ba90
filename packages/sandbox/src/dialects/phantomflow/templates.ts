import { randomBytes } from 'node:crypto';
import { Refusal } from './errors.ts';

/** A stored movie script with `{{variable}}` placeholders in any of its strings. */
export interface Template {
  readonly id: string;
  readonly ownerId: string;
  readonly name: string;
  readonly description?: string;
  readonly script: Readonly<Record<string, unknown>>;
  readonly isPublic: boolean;
  /** Unix time in milliseconds. */
  readonly createdAt: number;
}

export interface TemplateStore {
  /** Throws VALIDATION_ERROR naming the field. */
  create(body: Readonly<Record<string, unknown>>, ownerId: string, now: number): Template;
  /** An account's own templates and the public ones, newest first. */
  visibleTo(accountId: string): readonly Template[];
  /** Throws TEMPLATE_NOT_FOUND, or FORBIDDEN for the private template of somebody else. */
  forRender(templateId: string, accountId: string): Template;
  /** Forgets one account's templates, or all. */
  clear(ownerId?: string): void;
}

export function createTemplateStore(): TemplateStore {
  const templates = new Map<string, Template>();
  return {
    create(body, ownerId, now) {
      const template: Template = {
        id: `tpl_${randomBytes(6).toString('hex')}`,
        ownerId,
        createdAt: now,
        ...readBody(body),
      };
      templates.set(template.id, template);
      return template;
    },
    visibleTo: (accountId) =>
      [...templates.values()].filter((template) => template.isPublic || template.ownerId === accountId).reverse(),
    forRender(templateId, accountId) {
      const template = templates.get(templateId);
      if (!template) throw new Refusal('TEMPLATE_NOT_FOUND', 'Template not found');
      if (!template.isPublic && template.ownerId !== accountId) {
        throw new Refusal('FORBIDDEN', 'You do not have access to this template');
      }
      return template;
    },
    clear(ownerId) {
      for (const { id, ownerId: owner } of templates.values()) {
        if (ownerId === undefined || owner === ownerId) templates.delete(id);
      }
    },
  };
}

function readBody(body: Readonly<Record<string, unknown>>): Omit<Template, 'id' | 'ownerId' | 'createdAt'> {
  const { name, script, description, is_public: isPublic = false } = body;
  if (typeof name !== 'string' || name.trim() === '') throw wrong('name', 'Name must not be empty');
  if (!isRecord(script)) throw wrong('script', 'Script must be a movie script object');
  if (typeof isPublic !== 'boolean') throw wrong('is_public', 'Expected boolean');
  if (description !== undefined && typeof description !== 'string') throw wrong('description', 'Expected string');
  return { name, script, isPublic, ...(description === undefined ? {} : { description }) };
}

function wrong(path: string, message: string): Refusal {
  return new Refusal('VALIDATION_ERROR', message, { path });
}

const PLACEHOLDER = /\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}/g;

/** Names of the placeholders of a script, in the order of their first appearance. */
export function variablesOf(script: unknown): readonly string[] {
  const names = new Set<string>();
  mapStrings(script, (text) => {
    for (const [, name] of text.matchAll(PLACEHOLDER)) if (name !== undefined) names.add(name);
    return text;
  });
  return [...names];
}

/**
 * Puts the variables into every string of a script, in one pass: a value that looks like a placeholder stays as it is.
 * What happens to a placeholder without a value is unknown; here it is INVALID_REQUEST, so that nobody pays for a film
 * that shows braces.
 */
export function fillTemplate(
  script: Readonly<Record<string, unknown>>,
  variables: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return mapStrings(script, (text) =>
    text.replace(PLACEHOLDER, (_whole, name: string) => {
      const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
      if (typeof value === 'string') return value;
      if (typeof value === 'number' || typeof value === 'boolean') return String(value);
      const problem = value === undefined ? 'is missing' : 'must be a string, a number or a boolean';
      throw new Refusal('INVALID_REQUEST', `Template variable "${name}" ${problem}`, { path: `variables.${name}` });
    }),
  ) as Readonly<Record<string, unknown>>;
}

function mapStrings(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, change));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapStrings(item, change)]));
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
