import { asObject, type JsonObject } from '../decode/json-body.ts';

/** The steps of a JSON pointer in URI fragment form, for example `#/scenes/0`. */
export function pointerSteps(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => decoded(step).replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The value that the steps lead to; undefined where they lead nowhere. */
export function valueAt(root: unknown, steps: readonly string[]): unknown {
  let here: unknown = root;
  for (const step of steps) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, step)) return undefined;
    here = (here as JsonObject)[step];
  }
  return here;
}

/**
 * The schema around a keyword, by the way that the validator took to it: `#/properties/scenes/items/$ref/required`. A
 * step `$ref` leads on to the place that it names inside the same schema.
 */
export function schemaAround(root: JsonObject, keywordLocation: string): JsonObject | undefined {
  let here: unknown = root;
  for (const step of pointerSteps(keywordLocation).slice(0, -1)) {
    const at = valueAt(here, [step]);
    if (step !== '$ref' || typeof at !== 'string') here = at;
    else here = at.startsWith('#') ? valueAt(root, pointerSteps(at)) : undefined;
  }
  return asObject(here);
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}
