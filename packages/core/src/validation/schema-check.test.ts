import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { schemaCheck } from './schema-check.ts';

const SCENES = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  required: ['scenes'],
  properties: {
    width: { type: 'integer', minimum: 16, maximum: 3840 },
    quality: { enum: ['low', 'medium', 'high'] },
    scenes: { type: 'array', minItems: 1, items: { $ref: '#/definitions/scene' } },
    webhook_uri: { type: 'string', format: 'uri' },
  },
  definitions: {
    scene: {
      type: 'object',
      additionalProperties: false,
      properties: {
        duration: { type: 'number', exclusiveMinimum: 0 },
        background: { type: 'string', pattern: '^#(?:[0-9a-f]{3}|[0-9a-f]{6})$' },
        elements: { type: 'array', items: { $ref: '#/definitions/element' } },
      },
    },
    element: {
      oneOf: [
        {
          type: 'object',
          required: ['type', 'text'],
          properties: { type: { const: 'text' }, text: { type: 'string' }, font_size: { type: 'number' } },
        },
        {
          type: 'object',
          required: ['type', 'src'],
          properties: { type: { const: 'image' }, src: { type: 'string', minLength: 1 } },
        },
      ],
    },
  },
};

const check = (schema: object, value: unknown) =>
  schemaCheck(schema)(value)?.map(({ field, message }) => `${field}: ${message}`);

describe('a check against a schema', () => {
  it('has nothing against a value that fits', () => {
    const movie = {
      width: 1280,
      quality: 'low',
      // `format` is a hint only: validators differ in the ones they know.
      webhook_uri: 'not a uri',
      unknown: true,
      scenes: [{ duration: 4, background: '#fff', elements: [{ type: 'text', text: 'Hi', font_size: 12 }] }],
    };
    expect(check(SCENES, movie)).toEqual([]);
  });

  it('never suggests what the schema lists only to refuse it', () => {
    const schema = { type: 'object', properties: { fade_in: false, fade: { type: 'number' } } };
    expect(check(schema, { fade_in: 1 })).toEqual(['fade_in: is not known here; did you mean "fade"?']);
    expect(check({ properties: { fade_in: false } }, { fade_in: 1 })).toEqual(['fade_in: is not known here']);
  });

  it('tells all problems at once, each at its dotted path', () => {
    const movie = {
      width: 8,
      quality: 'hig',
      scenes: [
        { duration: '4', backgroud: '#fff', background: 'red' },
        { duration: 0, elements: [{ type: 'text', text: 5 }, { type: 'image' }, { type: 'vidoe' }, 'text'] },
      ],
    };
    expect(check(SCENES, movie)).toEqual([
      'width: must be at least 16',
      'quality: must be one of "low", "medium", "high"; did you mean "high"?',
      'scenes.0.duration: must be number, not string',
      'scenes.0.background: must match the pattern ^#(?:[0-9a-f]{3}|[0-9a-f]{6})$',
      'scenes.0.backgroud: is not known here; did you mean "background"?',
      'scenes.1.duration: must be more than 0',
      'scenes.1.elements.0.text: must be string, not number',
      'scenes.1.elements.1.src: is required',
      'scenes.1.elements.2.type: must be one of "text", "image"',
      'scenes.1.elements.3: must be object',
    ]);
  });

  it('names the value itself with an empty field', () => {
    expect(check(SCENES, 'a movie')).toEqual([': must be object, not string']);
    expect(check(SCENES, {})).toEqual(['scenes: is required']);
  });

  it.each<[string, object, unknown, readonly string[]]>([
    ['draft 2020-12', { prefixItems: [{ type: 'string' }], items: false }, ['a', 1], ['1: is not known here']],
    [
      'a schema id',
      { $id: 'https://x.example/s', $ref: '#/$defs/a', $defs: { a: { type: 'null' } } },
      1,
      [': must be null, not number'],
    ],
    [
      'an anchor',
      { $ref: '#a', $defs: { a: { $anchor: 'a', maxLength: 1 } } },
      'abc',
      [': does not meet "maxLength" of the schema'],
    ],
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    ['if and then', { if: { required: ['a'] }, then: { required: ['b'] } }, { a: 1 }, ['b: is required']],
    ['not', { not: { required: ['a'] } }, { a: 1 }, [': is excluded here']],
    ['contains', { contains: { const: 1 } }, [2, 3], [': must hold an item of the kind that is required here']],
    [
      'several types',
      { properties: { a: { type: ['string', 'null'] } } },
      { a: 1 },
      ['a: must be string or null, not number'],
    ],
    [
      'both of one',
      { oneOf: [{ type: 'number' }, { minimum: 1 }] },
      5,
      [': fits more than one of the forms that exclude each other here'],
    ],
    ['kinds in a union', { anyOf: [{ type: 'string' }, { type: 'object' }] }, 5, [': must be string or object']],
    ['unlike forms', { anyOf: [{ required: ['a'] }, { required: ['b'] }] }, {}, ['a: is required']],
    [
      'steps with signs in them',
      { properties: { 'a/b~c d%': { type: 'null' } } },
      { 'a/b~c d%': 1 },
      ['a/b~c d%: must be null, not number'],
    ],
    [
      'names of the prototype',
      { required: ['constructor'], additionalProperties: false },
      { toString: 1 },
      ['constructor: is required', 'toString: is not known here'],
    ],
  ])('understands %s', (_name, schema, value, expected) => {
    expect(check(schema, value)).toEqual(expected);
  });

  it('bounds how much it tells', () => {
    const issues = schemaCheck({ items: { type: 'string', enum: [`${'x'.repeat(5000)}`] } })(
      Array.from({ length: 500 }, () => 1),
    );
    expect(issues).toHaveLength(20);
    for (const { message } of issues ?? []) expect(message.length).toBeLessThanOrEqual(300);
  });

  it('hides what looks like a secret in the schema or in the names of fields', () => {
    const issues = schemaCheck({ additionalProperties: false })({ ve_live_0123456789: 1 });
    expect(JSON.stringify(issues)).not.toContain('0123456789');
  });
});

describe('a schema that is broken or hostile', () => {
  const doubling = Object.fromEntries(
    Array.from({ length: 40 }, (_, n) => [
      `d${n}`,
      { allOf: [{ $ref: `#/$defs/d${n + 1}` }, { $ref: `#/$defs/d${n + 1}` }] },
    ]),
  );
  let deep: object = {};
  for (let depth = 0; depth < 5000; depth += 1) deep = { properties: { a: deep } };

  it.each<[string, object]>([
    ['is an array', []],
    ['names a type that does not exist', { type: 'no-such-type' }],
    ['refers to nothing', { $ref: '#/nowhere' }],
    ['refers to another host', { $ref: 'https://schemas.example/movie.json' }],
    ['refers to itself', { $ref: '#' }],
    [
      'refers to itself in a ring',
      { $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } } },
    ],
    ['multiplies its work', { $ref: '#/$defs/d0', $defs: { ...doubling, d40: { type: 'object' } } }],
    ['is deeper than the stack', deep],
    ['is larger than anybody needs', { enum: [], allOf: Array.from({ length: 30_000 }, () => ({})) }],
    ['holds nonsense in a keyword', { properties: { scenes: null } }],
    ['has a list where none belongs', { required: 5 }],
  ])('cannot be checked against when it %s', (_name, schema) => {
    expect(schemaCheck(schema)({ scenes: [] })).toBeUndefined();
  });

  it('may cost much, as often as it is used, as long as each check is bounded', () => {
    const check = schemaCheck({ $ref: '#/$defs/d24', $defs: { ...doubling, d40: { type: 'object' } } });
    for (let time = 0; time < 3; time += 1) expect(check({})).toEqual([]);
  });

  it('cannot stop the process with a pattern: that one is left out, the rest still counts', () => {
    const schema = { properties: { a: { pattern: '^(a+)+$', maxLength: 10 }, b: { pattern: '^b$' } } };
    expect(check(schema, { a: `${'a'.repeat(50_000)}!`, b: 'c' })).toEqual([
      'a: must be at most 10 characters long',
      'b: must match the pattern ^b$',
    ]);
  });

  it('never refuses, for want of a pattern, what the whole schema accepts', () => {
    const slow = '^(a+)+$';
    const schemas = [
      { not: { pattern: slow } },
      { oneOf: [{ pattern: slow }, { maxLength: 3 }] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      { if: { pattern: slow }, then: { maxLength: 1 } },
    ];
    for (const schema of schemas) expect(check(schema, 'bbb')).toEqual([]);
    expect(check({ patternProperties: { [slow]: true }, additionalProperties: false }, { aaa: 1 })).toEqual([]);
  });

  it('is never an exception and never a long wait, whatever it holds', () => {
    fc.assert(
      fc.property(schemaLike(), fc.jsonValue({ maxDepth: 4 }), (schema, value) => {
        const issues = schemaCheck(schema)(value);
        expect(issues === undefined || issues.every(({ message }) => message.length > 0)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

/** Objects that are nearly schemas, so that every keyword is met with right and wrong values. */
function schemaLike(): fc.Arbitrary<object> {
  const keyword = fc.constantFrom(
    ...[
      'type',
      'properties',
      'items',
      'required',
      'enum',
      'const',
      '$ref',
      'allOf',
      'anyOf',
      'oneOf',
      'not',
      'if',
      'then',
    ],
    ...[
      'else',
      'pattern',
      'minimum',
      'additionalProperties',
      'contains',
      '$defs',
      '$id',
      'prefixItems',
      'propertyNames',
    ],
    ...['patternProperties', 'dependentSchemas', 'unevaluatedProperties', 'uniqueItems', '$recursiveRef', 'multipleOf'],
  );
  const { schema } = fc.letrec<{ schema: object; part: unknown }>((tie) => ({
    schema: fc.dictionary(keyword, tie('part'), { maxKeys: 5 }),
    part: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom('string', 'object', '#', '#/$defs/a', '(a|a)*$', true, false, null, 0, 1, -1),
      fc.jsonValue({ maxDepth: 1 }),
      tie('schema'),
      fc.array(tie('schema'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('a', 'type', 'b+'), tie('schema'), { maxKeys: 3 }),
    ),
  }));
  return schema;
}
