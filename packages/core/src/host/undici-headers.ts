type RawHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** Headers as the ports have them: lower-case names, one text each. */
export function plainHeaders(headers: RawHeaders): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}
