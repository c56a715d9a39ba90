import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ELEMENT_KEYS } from '../../movie/schema.ts';
import { createHarness, type Harness } from '../../service/__fixtures__/harness.ts';
import { movieRules } from './movie-rules.ts';

const SRC = 'https://x.example/a.mp4';
const strict = movieRules(true);
const local = movieRules(false);

describe('the rules of a movie', () => {
  it('take a documented script either way, and find the same fault in it', () => {
    const script = { scenes: [{ duration: 2, elements: [{ type: 'text', text: 'Hi', position: 'center' }] }] };
    expect([strict.findProblem(script), local.findProblem(script)]).toEqual([undefined, undefined]);
    const broken = { scenes: [{ duration: 'two' }] };
    expect(strict.findProblem(broken)).toEqual({
      path: 'scenes.0.duration',
      message: 'Expected number, received string',
    });
    expect(local.findProblem(broken)).toEqual(strict.findProblem(broken));
  });

  it.each([
    [{ scenes: [{ elements: [{ type: 'text', text: 'a', fade_in: 1 }] }] }, 'scenes.0.elements.0.fade_in', "'fade_in'"],
    [{ scenes: [{}, { transition: { type: 'fade' } }] }, 'scenes.1.transition', "'transition'"],
    [{ scenes: [{}], subtitles: { cues: [] } }, 'subtitles', "'subtitles'"],
  ])('refuse a local key by its name when they are strict: %j', (script, path, key) => {
    expect(local.findProblem(script)).toBeUndefined();
    expect(strict.findProblem(script)).toEqual({
      path,
      message: `Unrecognized key(s) in object: ${key} (a local extension, and this sandbox is strict)`,
    });
  });

  it('refuse a local value with those that the vendor documents', () => {
    expect(strict.findProblem({ scenes: [{ elements: [{ type: 'video', src: SRC }] }] })).toEqual({
      path: 'scenes.0.elements.0.type',
      message:
        "Invalid enum value. Expected 'text' | 'image', received 'video' (a local extension, and this sandbox is strict)",
    });
  });

  it('name the place of any local key, wherever it stands and whatever it holds', () => {
    const documented = new Set(['type', 'text', 'src', 'position', 'font_size', 'color']);
    const localKeys = [...Object.values(ELEMENT_KEYS).flatMap((keys) => [...keys])].filter(
      (key) => !documented.has(key),
    );
    expect(localKeys.length).toBeGreaterThan(15);
    fc.assert(
      fc.property(fc.nat(4), fc.nat(4), fc.constantFrom(...localKeys), fc.jsonValue(), (scene, element, key, value) => {
        const scenes = Array.from({ length: 5 }, () => ({
          elements: Array.from({ length: 5 }, (): Record<string, unknown> => ({ type: 'text', text: 'a' })),
        }));
        const target = scenes[scene]?.elements[element];
        if (target) target[key] = value;
        const problem = strict.findProblem({ scenes });
        expect(problem?.path).toBe(`scenes.${scene}.elements.${element}.${key}`);
        expect(problem?.message).toContain(`'${key}'`);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a strict sandbox', () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await createHarness({ strict: true });
  });
  afterEach(() => harness.close());
  const faded = { scenes: [{ elements: [{ type: 'text', text: '{{who}}', fade_in: 1 }] }] };
  const refusal = {
    error: {
      code: 'SCHEMA_VALIDATION_ERROR',
      message: expect.stringContaining("'fade_in'"),
      path: 'scenes.0.elements.0.fade_in',
    },
  };

  it("refuses a local extension in the vendor's own words, before it costs anything", async () => {
    const answer = await harness.phantomflow('/api/render', { body: faded });
    expect([answer.status, answer.json]).toEqual([400, refusal]);
    expect((await harness.control('/account?key=ve_test_sandbox')).json.credits).toBe(1000);
    expect((await harness.phantomflow('/api/jobs')).json.total).toBe(0);
  });

  it('refuses one that comes out of a template', async () => {
    const template = await harness.phantomflow('/api/templates', { body: { name: 'Fade', script: faded } });
    const body = { template_id: template.json.template_id, variables: { who: 'Ada' } };
    const answer = await harness.phantomflow('/api/render/template', { body });
    expect([answer.status, answer.json]).toEqual([400, refusal]);
  });

  it('serves the schema that it holds scripts to, tells so in its health, and takes what is documented', async () => {
    expect((await harness.phantomflow('/api/render/schema')).json.properties.subtitles).toBe(false);
    expect((await harness.control('/health')).json.strict).toBe(true);
    const body = { scenes: [{ duration: 1, elements: [{ type: 'text', text: 'Hi' }] }] };
    expect((await harness.phantomflow('/api/render', { body })).status).toBe(202);
  });
});

it('a sandbox that is not strict draws local extensions and serves them in its schema', async () => {
  const harness = await createHarness();
  try {
    const body = { scenes: [{ transition: { type: 'fade' } }], subtitles: { cues: [] } };
    expect((await harness.phantomflow('/api/render', { body })).status).toBe(202);
    expect((await harness.phantomflow('/api/render/schema')).json.properties.subtitles).toHaveProperty('properties');
    expect((await harness.control('/health')).json.strict).toBe(false);
  } finally {
    await harness.close();
  }
});
