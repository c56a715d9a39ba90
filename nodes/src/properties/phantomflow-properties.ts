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
    default: 'render',
    options: [
      { name: 'Account', value: 'account' },
      { name: 'Render', value: 'render' },
      { name: 'Template', value: 'template' },
    ],
  },
  {
    displayName: 'Operation',
    name: 'operation',
    type: 'options',
    noDataExpression: true,
    default: 'renderAndWait',
    displayOptions: { show: { resource: ['render'] } },
    options: [
      {
        name: 'Create',
        value: 'create',
        action: 'Create a render',
        description: 'Submit a movie script and go on at once',
      },
      {
        name: 'Download',
        value: 'download',
        action: 'Download a render',
        description: 'Stream a finished film into a binary field',
      },
      { name: 'Get', value: 'get', action: 'Get a render', description: 'Look at a render once' },
      {
        name: 'Get Many',
        value: 'getMany',
        action: 'Get many renders',
        description: 'List the renders of the account',
      },
      {
        name: 'Render and Wait',
        value: 'renderAndWait',
        action: 'Render and wait for the result',
        description: 'Submit a movie script and go on when the film is there',
      },
      {
        name: 'Validate',
        value: 'validate',
        action: 'Validate a movie script',
        description: 'Check a movie script without rendering it; costs nothing',
      },
    ],
  },
  {
    displayName: 'Operation',
    name: 'operation',
    type: 'options',
    noDataExpression: true,
    default: 'renderAndWait',
    displayOptions: { show: { resource: ['template'] } },
    options: [
      {
        name: 'Create',
        value: 'create',
        action: 'Create a template',
        description: 'Store a movie script with placeholders',
      },
      { name: 'Get', value: 'get', action: 'Get a template', description: 'Read a template and its variables' },
      {
        name: 'Get Many',
        value: 'getMany',
        action: 'Get many templates',
        description: 'List the templates of the account',
      },
      {
        name: 'Render',
        value: 'render',
        action: 'Render a template',
        description: 'Submit a template and go on at once',
      },
      {
        name: 'Render and Wait',
        value: 'renderAndWait',
        action: 'Render a template and wait',
        description: 'Submit a template and go on when the film is there',
      },
    ],
  },
  {
    displayName: 'Operation',
    name: 'operation',
    type: 'options',
    noDataExpression: true,
    default: 'getLimits',
    displayOptions: { show: { resource: ['account'] } },
    options: [
      {
        name: 'Get Limits',
        value: 'getLimits',
        action: 'Get the limits of the account',
        description: 'Tell the limits as far as this n8n process knows them, and what of them is taken',
      },
    ],
  },
];

const MOVIE: INodeProperties = {
  displayName: 'Movie Script',
  name: 'movie',
  type: 'json',
  typeOptions: { rows: 12 },
  default:
    '{\n  "width": 1280,\n  "height": 720,\n  "scenes": [\n    {\n      "duration": 4,\n      "background": "#101828",\n      "elements": [ { "type": "text", "text": "Hello from n8n", "font_size": 72, "color": "#FFFFFF", "position": "center" } ]\n    }\n  ]\n}',
  required: true,
  description: 'The body of POST /api/render',
};

const TEMPLATE_ID: INodeProperties = {
  displayName: 'Template',
  name: 'templateId',
  type: 'resourceLocator',
  default: { mode: 'list', value: '' },
  required: true,
  modes: [
    {
      displayName: 'From List',
      name: 'list',
      type: 'list',
      placeholder: 'Select a template...',
      typeOptions: { searchListMethod: 'getTemplates', searchable: true },
    },
    { displayName: 'By ID', name: 'id', type: 'string', placeholder: 'e.g. tpl_abc123' },
  ],
};

const VARIABLES: INodeProperties[] = [
  {
    displayName: 'Variables',
    name: 'variablesMode',
    type: 'options',
    noDataExpression: true,
    default: 'form',
    options: [
      { name: 'Form', value: 'form', description: 'One field for each variable of the template' },
      { name: 'JSON', value: 'json', description: 'An object with a value of any type for each variable' },
    ],
  },
  {
    displayName: 'Values',
    name: 'variables',
    type: 'resourceMapper',
    noDataExpression: true,
    default: { mappingMode: 'defineBelow', value: null },
    required: true,
    typeOptions: {
      loadOptionsDependsOn: ['templateId.value'],
      resourceMapper: {
        resourceMapperMethod: 'getTemplateVariables',
        mode: 'add',
        fieldWords: { singular: 'variable', plural: 'variables' },
        addAllFields: true,
        multiKeyMatch: false,
        supportAutoMap: false,
      },
    },
    displayOptions: { show: { variablesMode: ['form'] } },
  },
  {
    displayName: 'Values',
    name: 'variablesJson',
    type: 'json',
    default: '{}',
    required: true,
    displayOptions: { show: { variablesMode: ['json'] } },
  },
];

const NEW_TEMPLATE: INodeProperties[] = [
  { displayName: 'Name', name: 'name', type: 'string', default: '', required: true },
  {
    ...MOVIE,
    name: 'script',
    default:
      '{\n  "scenes": [\n    {\n      "duration": 4,\n      "elements": [ { "type": "text", "text": "Hello {{name}}", "position": "center" } ]\n    }\n  ]\n}',
    noDataExpression: true,
    description: 'The movie script; any text in it may hold placeholders in double braces',
  },
  {
    displayName: 'Public',
    name: 'isPublic',
    type: 'boolean',
    default: false,
    description: 'Whether other accounts may use the template',
  },
];

const WEBHOOK: INodeProperties = {
  displayName: 'Webhook URL',
  name: 'webhookUri',
  type: 'string',
  default: '',
  placeholder: 'e.g. the production URL of a PhantomFlow Trigger',
  description: 'Gets one POST when the render ends',
};

const { checkFirst, maxQueueMinutes } = SUBMIT_OPTIONS;
const CREATE = optionsField([checkFirst, maxQueueMinutes, WEBHOOK]);
const WAIT = optionsField([checkFirst, maxQueueMinutes]);

const DOWNLOAD: INodeProperties[] = [OUTPUT_FIELD, optionsField([FILE_NAME])];

/** All parameters of the PhantomFlow node. */
export const PHANTOMFLOW_PROPERTIES: INodeProperties[] = [
  ...RESOURCES,
  ...showFor('render', ['get', 'download'], [JOB_ID]),
  ...showFor('render', ['create', 'renderAndWait', 'validate'], [MOVIE]),
  ...showFor('template', ['get', 'render', 'renderAndWait'], [TEMPLATE_ID]),
  ...showFor('template', ['render', 'renderAndWait'], VARIABLES),
  ...showFor('template', ['create'], NEW_TEMPLATE),
  ...renderAndWaitFields('render'),
  ...renderAndWaitFields('template'),
  ...showFor('render', ['create'], [CREATE]),
  ...showFor('render', ['renderAndWait'], [WAIT]),
  ...showFor('template', ['render'], [CREATE]),
  ...showFor('template', ['renderAndWait'], [WAIT]),
  ...showFor('render', ['get'], [{ ...SIMPLIFY, default: false }]),
  ...showFor('render', ['getMany'], [RETURN_ALL, LIMIT, SIMPLIFY]),
  ...showFor('template', ['getMany'], [RETURN_ALL, LIMIT, SIMPLIFY]),
  ...showFor('render', ['download'], DOWNLOAD),
  ...branchingProperties('phantomflow'),
];
