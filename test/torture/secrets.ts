import { inspect } from 'node:util';

/** Every way in which an error ends up in a log: as JSON, by its message and stack, inspected, cloned, and cause by cause. */
export function loggedForms(error: unknown): string {
  const all = { depth: 12, showHidden: true, getters: true, maxStringLength: null, maxArrayLength: null } as const;
  const forms: string[] = [];
  for (let current = error, depth = 0; current !== undefined && current !== null && depth < 10; depth += 1) {
    forms.push(inspect(current), inspect(current, all), inspect(current, { ...all, customInspect: false }));
    forms.push(String(current), safeJson(current));
    if (!(current instanceof Error)) break;
    forms.push(current.message, current.stack ?? '', safeJson({ ...current }), inspect(structuredClone(current), all));
    if (current instanceof AggregateError) forms.push(...current.errors.map((inner) => loggedForms(inner)));
    current = current.cause;
  }
  return forms.join('\n');
}

/** The secrets that an error gives away, by name: as they are, or in a form that anybody can read back. */
export function leaksOf(error: unknown, secrets: Readonly<Record<string, string>>): string[] {
  const readings = readingsOf(loggedForms(error));
  return Object.keys(secrets).filter((name) => readings.some((text) => text.includes(secrets[name] ?? '')));
}

/** A text as it is, and as whoever finds it may read it. */
function readingsOf(text: string): readonly string[] {
  const seen = text.replaceAll(/[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, '');
  const fromJson = seen.replaceAll(/\\+u([0-9a-f]{4})/gi, (_all, code: string) => charOf(code));
  const fromUrl = fromJson.replaceAll(/%([0-9a-f]{2})/gi, (_all, code: string) => charOf(code));
  const fromHtml = fromUrl.replaceAll(/&#x([0-9a-f]{1,4});/gi, (_all, code: string) => charOf(code));
  // Inspected bytes are hexadecimal.
  const fromHex = text.replaceAll(/(?:[0-9a-f]{2} ?){8,}/g, (digits) => Buffer.from(digits, 'hex').toString('latin1'));
  const fromBase64 = [...fromHtml.matchAll(/[\w+/-]{12,}/g)].flatMap(([digits]) =>
    [0, 1, 2, 3].map((start) => Buffer.from(digits.slice(start), 'base64').toString('latin1')),
  );
  return [text, seen, fromJson, fromUrl, fromHtml, fromHex, fromBase64.join('\n')];
}

function charOf(hexadecimal: string): string {
  return String.fromCharCode(Number.parseInt(hexadecimal, 16));
}

function safeJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '';
  }
}
