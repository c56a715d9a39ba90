/** The Signing Secret of a credential: one, or several of a rotation, separated by commas or blanks. */
export function readSecrets(text: string | undefined): readonly string[] {
  return (text ?? '').split(/[\s,;]+/).filter((secret) => secret !== '');
}
