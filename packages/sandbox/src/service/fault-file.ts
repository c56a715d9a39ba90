import { readFile } from 'node:fs/promises';
import { FaultRuleError, parseFaultRule } from './fault-check.ts';
import type { FaultRule } from './fault-rule.ts';

/** A start-up file that cannot be used; the message names the file's problem and, in a rule, its place. */
export class FaultFileError extends Error {
  override readonly name = 'FaultFileError';
}

/**
 * Reads fault rules from a JSON file: a list of them, or an object whose `faults` is one. Throws FaultFileError.
 * Whether the vendors have the codes that the rules name is checked by the sandbox at its start.
 */
export async function readFaultFile(path: string): Promise<readonly FaultRule[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new FaultFileError(`The fault file cannot be read: ${error.code ?? 'unknown reason'}.`);
  });
  const rules = rulesOf(parse(text));
  return rules.map((rule, index) => {
    try {
      return parseFaultRule(rule);
    } catch (error) {
      if (!(error instanceof FaultRuleError)) throw error;
      throw new FaultFileError(`faults.${index}${error.field === '' ? '' : `.${error.field}`}: ${error.message}`);
    }
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new FaultFileError(`The fault file is not valid JSON: ${error instanceof Error ? error.message : ''}`);
  }
}

function rulesOf(value: unknown): readonly unknown[] {
  const rules = typeof value === 'object' && value !== null && 'faults' in value ? value.faults : value;
  if (!Array.isArray(rules))
    throw new FaultFileError('The fault file must hold a list of rules, or { "faults": [...] }.');
  return rules;
}
