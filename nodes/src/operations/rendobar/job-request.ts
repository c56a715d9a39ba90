import type { IDataObject } from 'n8n-workflow';
import { badParameter } from '../../items/error-record.ts';
import { asObject, type ParameterSource, readJsonObject, readParameter, readText } from '../parameters.ts';

/** Set before the name of an input in the form, whose other fields are params. */
export const INPUT_PREFIX = 'input: ';

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
  const isInput = ([name]: readonly [string, unknown]) => name.startsWith(INPUT_PREFIX);
  const inputs = {
    ...namedInputs(ctx, index),
    ...Object.fromEntries(entries.filter(isInput).map(([name, value]) => [name.slice(INPUT_PREFIX.length), value])),
  };
  const params = Object.fromEntries(entries.filter((entry) => !isInput(entry)));
  return {
    type,
    ...(Object.keys(inputs).length > 0 && { inputs: unpacked(inputs) }),
    params: unpacked(params),
  };
}

function formValues(ctx: ParameterSource, index: number): IDataObject {
  const mapper = asObject(readParameter(ctx, 'fields', index, {}));
  return asObject(mapper?.value) ?? {};
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

/** The form gives objects and lists as text. */
function unpacked(values: IDataObject): IDataObject {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return [name, value];
      try {
        return [name, JSON.parse(value)];
      } catch {
        // Text that only looks like JSON, for example a filter graph in brackets.
        return [name, value];
      }
    }),
  );
}
