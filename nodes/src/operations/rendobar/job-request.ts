import type { IDataObject } from 'n8n-workflow';
import { badParameter } from '../../items/error-record.ts';
import { asObject, type ParameterSource, readJsonObject, readParameter, readText } from '../parameters.ts';

/** Set before the name of an input in the form, whose other fields are params. */
export const INPUT_PREFIX = 'input: ';
/** Set before the name of a param that takes more than one kind of value, and is therefore entered as JSON. */
export const JSON_PREFIX = 'json: ';

/**
 * The body of POST /jobs out of the node's parameters: a whole JSON body, or the form of a job type.
 * @throws {RenderError} INVALID_REQUEST with the parameter's name as `field`.
 */
export function readJobRequest(ctx: ParameterSource, index: number): IDataObject {
  if (readParameter(ctx, 'requestMode', index, 'form') === 'json') {
    return readJsonObject(ctx, 'requestJson', index, 'Request');
  }
  const type = readText(ctx, 'jobType', index, 'Job Type');
  const form = formValues(ctx, index);
  const entries = Object.entries(form).filter(([, value]) => value !== null && value !== '');
  const inputs: IDataObject = namedInputs(ctx, index);
  const params: IDataObject = {};
  for (const [name, value] of entries) {
    if (name.startsWith(INPUT_PREFIX)) inputs[name.slice(INPUT_PREFIX.length)] = value;
    else if (name.startsWith(JSON_PREFIX)) params[name.slice(JSON_PREFIX.length)] = jsonOrText(value);
    // n8n has made of it what its field says; text that looks like JSON is text, for example a prompt.
    else params[name] = value;
  }
  return { type, ...(Object.keys(inputs).length > 0 && { inputs: unpacked(inputs) }), params };
}

/** By this path, and no shorter one, n8n holds the values against the types of their fields, and brings text into them. */
function formValues(ctx: ParameterSource, index: number): IDataObject {
  return asObject(readParameter(ctx, 'fields.value', index, {})) ?? {};
}

/** The rows of Inputs: a name that the command uses, and where the file is. */
function namedInputs(ctx: ParameterSource, index: number): IDataObject {
  const rows = asObject(readParameter(ctx, 'inputs', index, {}))?.input;
  const named = Array.isArray(rows) ? rows.map(asObject) : [];
  return Object.fromEntries(
    named.flatMap((row) => {
      const [name, source] = [String(row?.name ?? '').trim(), row?.source];
      if (name === '' && !source) return [];
      if (name !== '' && source) return [[name, source]];
      throw badParameter('inputs', 'A row of Inputs has no name or no source.', 'Fill in both, or remove the row.');
    }),
  );
}

/** A source is a URL or an object, for example of inline text; some inputs take a list of them. The form gives all as text. */
function unpacked(inputs: IDataObject): IDataObject {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [name, /^\s*[[{]/.test(String(value)) ? jsonOrText(value) : value]),
  );
}

/** Text that is no JSON is meant as it stands. */
function jsonOrText(value: IDataObject[string]): IDataObject[string] {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as IDataObject[string];
  } catch {
    return value;
  }
}
