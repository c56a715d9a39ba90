/** Environment variables that hold a key which looks as if it could spend money. The keys themselves are not returned. */
export function findLiveKeys(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const { RENDOBAR_API_KEY: rendobar = '', PHANTOMFLOW_API_KEY: phantomflow = '' } = env;
  const names: string[] = [];
  if (rendobar.startsWith('rb_') && !rendobar.startsWith('rb_sandbox')) names.push('RENDOBAR_API_KEY');
  if (phantomflow.startsWith('ve_live_')) names.push('PHANTOMFLOW_API_KEY');
  return names;
}
