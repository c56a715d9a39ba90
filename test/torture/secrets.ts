import { inspect } from 'node:util';

/** Every way in which an error ends up in a log: as JSON, by its message and stack, inspected, and cause by cause. */
export function loggedForms(error: unknown): string {
  const forms: string[] = [];
  for (let current = error, depth = 0; current !== undefined && current !== null && depth < 10; depth += 1) {
    forms.push(inspect(current, { depth: 12, showHidden: true, getters: true, maxStringLength: null }));
    forms.push(String(current), safeJson(current));
    if (!(current instanceof Error)) break;
    forms.push(current.message, current.stack ?? '', safeJson({ ...current }));
    current = current.cause;
  }
  return forms.join('\n');
}

/** The secrets that an error gives away, by name. */
export function leaksOf(error: unknown, secrets: Readonly<Record<string, string>>): string[] {
  const text = loggedForms(error);
  // Inspected bytes are hexadecimal.
  return Object.keys(secrets).filter((name) => {
    const secret = secrets[name] ?? '';
    return (
      text.includes(secret) || text.includes(Buffer.from(secret).toString('hex').match(/../g)?.join(' ') ?? secret)
    );
  });
}

function safeJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '';
  }
}
