import type { INodeProperties } from 'n8n-workflow';
import { renderAndWaitFields } from '../operations/render-and-wait-fields.ts';
import { branchingProperties } from './branching.ts';
import {
  FILE_NAME,
  JOB_ID,
  LIMIT,
  OUTPUT_FIELD,
  optionsField,
  RETURN_ALL,
  SIMPLIFY,
  SUBMIT_OPTIONS,
} from './shared-properties.ts';
import { showFor } from './show-for.ts';

const RESOURCES: INodeProperties[] = [
  {
    displayName: 'Resource',
    name: 'resource',
    type: 'options',
    noDataExpression: true,
    default: 'job',
    options: [
      { name: 'Account', value: 'account' },
      { name: 'File', value: 'file' },
      { name: 'Job', value: 'job' },
    ],
  },
  {
    displayName: 'Operation',
    name: 'operation',
    type: 'options',
    noDataExpression: true,
    default: 'renderAndWait',
    displayOptions: { show: { resource: ['job'] } },
    options: [
      { name: 'Cancel', value: 'cancel', action: 'Cancel a job', description: 'Cancel a job that waits or runs' },
      { name: 'Create', value: 'create', action: 'Create a job', description: 'Submit a job and go on at once' },
      {
        name: 'Download Output',
        value: 'download',
        action: 'Download the output of a job',
        description: 'Stream a file that a job made into a binary field',
      },
      { name: 'Get', value: 'get', action: 'Get a job', description: 'Look at a job once' },
      { name: 'Get Logs', value: 'getLogs', action: 'Get the logs of a job', description: 'Read what a job wrote' },
      { name: 'Get Many', value: 'getMany', action: 'Get many jobs', description: 'List jobs, newest first' },
      {
        name: 'Render and Wait',
        value: 'renderAndWait',
        action: 'Render and wait for the result',
        description: 'Submit a job and go on when it has ended',
      },
    ],
  },
  {
    displayName: 'Operation',
    name: 'operation',
    type: 'options',
    noDataExpression: true,
    default: 'upload',
    displayOptions: { show: { resource: ['file'] } },
    options: [
      {
        name: 'Upload',
        value: 'upload',
        action: 'Upload a file',
        description: 'Stream a binary field to Rendobar and get a URL that any job can read',
      },
    ],
  },
  {
    displayName: 'Operation',
    name: 'operation',
    type: 'options',
    noDataExpression: true,
    default: 'get',
    displayOptions: { show: { resource: ['account'] } },
    options: [{ name: 'Get', value: 'get', action: 'Get the account', description: 'Read balance, plan and limits' }],
  },
];

const REQUEST: INodeProperties[] = [
  {
    displayName: 'Specify Request',
    name: 'requestMode',
    type: 'options',
    noDataExpression: true,
    default: 'form',
    options: [
      { name: 'Form', value: 'form', description: 'The fields of the job type, read from Rendobar' },
      { name: 'JSON', value: 'json', description: 'The whole body of the request' },
    ],
  },
  {
    displayName: 'Job Type Name or ID',
    name: 'jobType',
    type: 'options',
    typeOptions: { loadOptionsMethod: 'getJobTypes' },
    default: 'ffmpeg',
    required: true,
    description:
      'What kind of job to run. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
    displayOptions: { show: { requestMode: ['form'] } },
  },
  {
    displayName: 'Fields',
    name: 'fields',
    type: 'resourceMapper',
    noDataExpression: true,
    default: { mappingMode: 'defineBelow', value: null },
    required: true,
    typeOptions: {
      loadOptionsDependsOn: ['jobType'],
      resourceMapper: {
        resourceMapperMethod: 'getJobFields',
        mode: 'add',
        fieldWords: { singular: 'field', plural: 'fields' },
        addAllFields: true,
        multiKeyMatch: false,
        supportAutoMap: false,
      },
    },
    displayOptions: { show: { requestMode: ['form'] } },
  },
  {
    displayName: 'Inputs',
    name: 'inputs',
    type: 'fixedCollection',
    typeOptions: { multipleValues: true },
    placeholder: 'Add Input',
    default: {},
    description: 'Files that the job reads under names of your choice, for example those of an FFmpeg command',
    displayOptions: { show: { requestMode: ['form'] } },
    options: [
      {
        displayName: 'Input',
        name: 'input',
        values: [
          {
            displayName: 'Name',
            name: 'name',
            type: 'string',
            default: '',
            placeholder: 'e.g. in.mp4',
            description: 'The name under which the job finds the file',
          },
          {
            displayName: 'Source',
            name: 'source',
            type: 'string',
            default: '',
            placeholder: 'e.g. https://example.com/film.mp4',
            description: 'A public URL, or the URL that Upload gave',
          },
        ],
      },
    ],
  },
  {
    displayName: 'Request',
    name: 'requestJson',
    type: 'json',
    typeOptions: { rows: 10 },
    default:
      '{\n  "type": "ffmpeg",\n  "inputs": { "in.mp4": "https://example.com/film.mp4" },\n  "params": { "command": "ffmpeg -i in.mp4 -t 5 out.mp4" }\n}',
    required: true,
    description: 'The body of POST /jobs',
    displayOptions: { show: { requestMode: ['json'] } },
  },
];

const DOWNLOAD: INodeProperties[] = [
  OUTPUT_FIELD,
  optionsField([
    FILE_NAME,
    {
      displayName: 'Output File',
      name: 'file',
      type: 'string',
      default: '',
      description: 'Which file to download, by name, where the job made several',
    },
  ]),
];

const UPLOAD: INodeProperties[] = [
  {
    displayName: 'Input Data Field Name',
    name: 'binaryPropertyName',
    type: 'string',
    default: 'data',
    required: true,
    hint: 'The name of the input field containing the binary file data to be uploaded',
  },
  optionsField([
    {
      displayName: 'Content Type',
      name: 'contentType',
      type: 'string',
      default: '',
      placeholder: 'e.g. video/mp4',
      description: 'The kind of the file, where n8n does not know it',
    },
    {
      displayName: 'File Name',
      name: 'fileName',
      type: 'string',
      default: '',
      description: 'The name of the file at Rendobar',
    },
    {
      displayName: 'Keep',
      name: 'keep',
      type: 'boolean',
      default: false,
      description:
        'Whether the file is kept and counts toward the storage quota instead of being removed after 24 hours',
    },
  ]),
];

const FILTER = optionsField([
  {
    displayName: 'Client',
    name: 'client',
    type: 'string',
    default: '',
    placeholder: 'e.g. renderq',
    description: 'The client that submitted the jobs',
  },
  { displayName: 'From', name: 'from', type: 'dateTime', default: '', description: 'Created at or after this time' },
  { displayName: 'Job Type', name: 'type', type: 'string', default: '', placeholder: 'e.g. ffmpeg' },
  {
    displayName: 'Status',
    name: 'status',
    type: 'options',
    default: 'complete',
    options: [
      { name: 'Cancelled', value: 'cancelled' },
      { name: 'Complete', value: 'complete' },
      { name: 'Dispatched', value: 'dispatched' },
      { name: 'Failed', value: 'failed' },
      { name: 'Running', value: 'running' },
      { name: 'Waiting', value: 'waiting' },
    ],
  },
  { displayName: 'To', name: 'to', type: 'dateTime', default: '', description: 'Created at or before this time' },
]);

/** All parameters of the Rendobar node. */
export const RENDOBAR_PROPERTIES: INodeProperties[] = [
  ...RESOURCES,
  ...showFor('job', ['get', 'cancel', 'getLogs', 'download'], [JOB_ID]),
  ...showFor('job', ['create', 'renderAndWait'], REQUEST),
  ...renderAndWaitFields('job'),
  ...showFor('job', ['create', 'renderAndWait'], [optionsField(Object.values(SUBMIT_OPTIONS))]),
  ...showFor('job', ['get'], [{ ...SIMPLIFY, default: false }]),
  ...showFor('job', ['getMany'], [RETURN_ALL, LIMIT, SIMPLIFY, FILTER]),
  ...showFor('job', ['download'], DOWNLOAD),
  ...showFor('file', ['upload'], UPLOAD),
  ...showFor('account', ['get'], [SIMPLIFY]),
  ...branchingProperties('rendobar'),
];
