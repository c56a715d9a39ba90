import { describe, expect, it } from 'vitest';
import { jobFields } from '../../methods/rendobar-methods.ts';
import { createFakeExecution } from '../../testing/fake-execution.ts';
import { readJobRequest } from './job-request.ts';

const requestOf = (parameters: object) => readJobRequest(createFakeExecution({ parameters: { ...parameters } }).ctx, 0);

describe('the request of a Rendobar job', () => {
  it('is the JSON as it stands', () => {
    const request = { type: 'ffprobe', params: { command: 'ffprobe a.mp4' } };
    expect(requestOf({ requestMode: 'json', requestJson: JSON.stringify(request) })).toEqual(request);
  });

  it('is made of the form: inputs, params, and what was left empty left out', () => {
    const fields = {
      value: { 'input: source': 'https://a.example/f.mp4', for: 'web', timeout: 60, effort: '', dryRun: null },
    };
    expect(requestOf({ jobType: 'compress.target', fields })).toEqual({
      type: 'compress.target',
      inputs: { source: 'https://a.example/f.mp4' },
      params: { for: 'web', timeout: 60 },
    });
  });

  it('reads JSON where a param takes several kinds of value, and leaves all other text as it is', () => {
    const value = {
      'json: filters': '[{"name":"blur"}]',
      'json: opacity': '0.5',
      'json: length': 'end',
      prompt: '{"subject":"a fox"}',
      extra: { a: 1 },
    };
    expect(requestOf({ jobType: 'compose', fields: { value } }).params).toEqual({
      filters: [{ name: 'blur' }],
      opacity: 0.5,
      length: 'end',
      prompt: '{"subject":"a fox"}',
      extra: { a: 1 },
    });
  });

  it('takes named inputs for a command, and objects where the form gives them as text', () => {
    const inputs = {
      input: [
        { name: 'in.mp4', source: 'https://a.example/f.mp4' },
        { name: 'subs.srt', source: '{"content":"1"}' },
      ],
    };
    const fields = { value: { command: '[0:v]scale=2:2', 'input: images': '["a","b"]' } };
    expect(requestOf({ jobType: 'ffmpeg', fields, inputs })).toEqual({
      type: 'ffmpeg',
      inputs: { 'in.mp4': 'https://a.example/f.mp4', 'subs.srt': { content: '1' }, images: ['a', 'b'] },
      params: { command: '[0:v]scale=2:2' },
    });
  });

  it('refuses a row of inputs that is half filled in', () => {
    const inputs = { input: [{ name: 'in.mp4', source: '' }] };
    expect(() => requestOf({ jobType: 'ffmpeg', inputs })).toThrow('A row of Inputs has no name or no source.');
    expect(() => requestOf({ jobType: ' ' })).toThrow('The parameter "Job Type" is empty.');
  });
});

describe('the form of a job type', () => {
  it('is made of the live schema: inputs first, with their types, choices and defaults', () => {
    const fields = jobFields({
      type: 'compress.target',
      fields: [
        { key: 'for', label: 'For', type: 'options', required: true, options: [{ label: 'Web', value: 'web' }] },
        { key: 'timeout', label: 'Timeout', type: 'number', required: false, default: 60, advanced: true },
        { key: 'extra', label: 'Extra', type: 'json' },
        { key: 'tracks', type: 'json' },
        { key: 'size', type: 'json' },
        { label: 'nameless' },
      ],
      jsonSchema: {
        properties: {
          tracks: { type: 'array' },
          size: { anyOf: [{ type: 'string' }, { type: 'object' }] },
          extra: { $ref: '#/$defs/extra' },
        },
      },
      inputs: { variadic: false, fields: [{ key: 'source', label: 'Source', type: 'string', required: true }] },
    });
    expect(fields).toMatchObject([
      { id: 'input: source', displayName: 'Input: Source', required: true, type: 'string', removed: false },
      { id: 'for', type: 'options', required: true, options: [{ name: 'Web', value: 'web' }] },
      { id: 'timeout', type: 'number', defaultValue: 60, removed: true },
      { id: 'json: extra', displayName: 'Extra (JSON)', type: 'string', required: false },
      { id: 'tracks', displayName: 'tracks', type: 'array' },
      { id: 'json: size', displayName: 'size (JSON)', type: 'string' },
    ]);
  });

  it('is made of the JSON Schema where the catalogue lists no fields', () => {
    const jsonSchema = {
      required: ['timeline'],
      properties: {
        timeline: { type: 'object' },
        quality: { enum: ['low', 'high'] },
        seed: { type: ['integer', 'null'] },
        fps: { type: ['number', 'string'] },
        schemaVersion: { const: 1 },
      },
    };
    expect(jobFields({ type: 'compose', fields: [], jsonSchema })).toMatchObject([
      { id: 'timeline', type: 'object', required: true },
      { id: 'quality', type: 'options', options: [{ value: 'low' }, { value: 'high' }] },
      { id: 'seed', type: 'number' },
      { id: 'json: fps', type: 'string' },
      { id: 'json: schemaVersion', type: 'string', defaultValue: 1 },
    ]);
    expect(jobFields({ type: 'new', fields: [] })).toEqual([]);
  });
});
