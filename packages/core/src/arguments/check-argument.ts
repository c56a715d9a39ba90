import { asObject } from '../decode/json-body.ts';
import { RenderError } from '../errors/render-error.ts';
import type { Rule } from './rule.ts';

/**
 * Looks at one argument of a call before anything is done.
 * @throws {RenderError} INVALID_REQUEST with the field and the remedy.
 */
export type ArgumentCheck = (value: unknown) => void;

/** The rules for the fields of an object. A field that is undefined is as good as absent. */
export type FieldRules = Readonly<Record<string, Rule>>;

export interface ObjectRules {
  /** Fields that must be there. */
  readonly needs?: FieldRules;
  /** Fields that may be there. */
  readonly takes?: FieldRules;
  /** One sentence for whoever passed no object at all. */
  readonly remedy?: string;
}

/** An argument that must be given and fit its rule. */
export function argument(field: string, rule: Rule): ArgumentCheck {
  return (value) => {
    if (!rule.accepts(value)) throw refusal(field, rule, value);
  };
}

/** Options: absent, or an object whose fields fit their rules. */
export function options(takes: FieldRules): ArgumentCheck {
  const check = fields('options', { takes, remedy: 'Pass an object, or leave the options out.' });
  return (value) => {
    if (value !== undefined) check(value);
  };
}

/** An object whose fields fit their rules. A missing field is named by itself, without the name of the object. */
export function fields(
  name: string,
  { needs = {}, takes = {}, remedy = 'Pass an object.' }: ObjectRules,
): ArgumentCheck {
  return (value) => {
    const given = asObject(value);
    if (given === undefined) throw refusal(name, { what: 'an object', remedy }, value);
    for (const [field, rule] of Object.entries(needs)) argument(field, rule)(given[field]);
    for (const [field, rule] of Object.entries(takes)) {
      if (given[field] !== undefined) argument(field, rule)(given[field]);
    }
  };
}

/** An argument that is left to whoever uses it. */
export const unchecked: ArgumentCheck = () => undefined;

function refusal(field: string, { what, remedy }: Pick<Rule, 'what' | 'remedy'>, value: unknown): RenderError {
  return new RenderError({
    code: 'INVALID_REQUEST',
    message: `${field} must be ${what}; ${kindOf(value)} was given.`,
    field,
    remedy,
  });
}

/** The kind alone: the value may be a secret. */
function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (value === '') return 'empty text';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' || typeof value === 'undefined') return 'an object';
  return Number.isNaN(value) ? 'NaN' : `a ${typeof value}`;
}
