/** Environment variables that hold a key which looks as if it could spend money. The keys themselves are not returned. */
export function findLiveKeys(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const rendobar = bareKey(env.RENDOBAR_API_KEY);
  const phantomflow = bareKey(env.PHANTOMFLOW_API_KEY);
  const names: string[] = [];
  if (rendobar.startsWith('rb_') && !rendobar.startsWith('rb_sandbox')) names.push('RENDOBAR_API_KEY');
  if (phantomflow.startsWith('ve_live_')) names.push('PHANTOMFLOW_API_KEY');
  return names;
}

/** The key as a client sends it in the end: people paste it with blanks, or with the whole header's value. */
function bareKey(value = ''): string {
  return value.trim().replace(/^bearer\s+/i, '');
}
