import { cleanText } from '@renderq/core';
import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { badParameter, unreadableParameter } from '../items/error-record.ts';

/** What is needed to read a node's parameters. */
export type ParameterSource = Pick<IExecuteFunctions, 'getNodeParameter'>;

/**
 * A parameter of one item.
 * @throws {RenderError} INVALID_REQUEST with the parameter's name as `field`, where its expression fails or what it gives
 * is not of the parameter's type.
 */
export function readParameter(ctx: ParameterSource, name: string, index: number, fallback: unknown): unknown {
  try {
    return ctx.getNodeParameter(name, index, fallback);
  } catch (error) {
    throw unreadableParameter(error, name);
  }
}

/** The node's Options, empty where an operation has none. */
export function readOptions(ctx: ParameterSource, index: number): IDataObject {
  return asObject(readParameter(ctx, 'options', index, {})) ?? {};
}

/** @throws {RenderError} INVALID_REQUEST with the parameter's name as `field`, where the text is blank. */
export function readText(ctx: ParameterSource, name: string, index: number, label: string): string {
  const value = readParameter(ctx, name, index, '');
  const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
  if (text !== '') return text;
  throw badParameter(name, `The parameter "${label}" is empty.`, `Fill in "${label}", or check its expression.`);
}

/** Text of an option; undefined where it is blank. */
export function optionText(options: IDataObject, name: string): string | undefined {
  const value = options[name];
  const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
  return text === '' ? undefined : text;
}

/**
 * A JSON parameter: an object, or text that is one. An expression may give either.
 * @throws {RenderError} INVALID_REQUEST with the parameter's name as `field`.
 */
export function readJsonObject(ctx: ParameterSource, name: string, index: number, label: string): IDataObject {
  const value = readParameter(ctx, name, index, '{}');
  const parsed = typeof value === 'string' ? parse(value, name, label) : value;
  const object = asObject(parsed);
  if (object !== undefined) return object;
  throw badParameter(
    name,
    `The parameter "${label}" must be a JSON object, not ${kindOf(parsed)}.`,
    `Enter an object in braces, or an expression that gives one.`,
  );
}

/** The number of a parameter. @throws {RenderError} INVALID_REQUEST where it is none, or below `min`. */
export function readNumber(ctx: ParameterSource, name: string, index: number, label: string, min: number): number {
  const value = Number(readParameter(ctx, name, index, min));
  if (Number.isFinite(value) && value >= min) return value;
  throw badParameter(name, `The parameter "${label}" must be a number of ${min} or more.`, `Correct "${label}".`);
}

/** A plain object, else undefined. */
export function asObject(value: unknown): IDataObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as IDataObject) : undefined;
}

function parse(text: string, name: string, label: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = cleanText(error instanceof Error ? error.message : '', 160);
    throw badParameter(
      name,
      `The parameter "${label}" is not valid JSON: ${why}`,
      'Check quotes, commas and braces; in an expression, put values in with JSON.stringify().',
    );
  }
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'string' ? 'text' : `a ${typeof value}`;
}
