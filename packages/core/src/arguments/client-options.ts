import { type ArgumentCheck, argument, fields } from './check-argument.ts';
import { CALLBACK, OBJECT, type Rule, TEXT } from './rule.ts';

const CLOCK: Rule = {
  accepts: (value) => hasMethods(value, ['now', 'sleep']),
  what: 'a clock with now() and sleep()',
  remedy: 'Pass systemClock of the Node door, or a clock of your own.',
};

const REGISTRY: Rule = {
  accepts: (value) => hasMethods(value, ['open']),
  what: 'an account registry',
  remedy: 'Pass what createAccountRegistry() gave, the same one to every client of the process, or leave it out.',
};

const PORT: Rule = { ...CALLBACK, remedy: 'Pass the ports of your host, or use the Node door, which brings its own.' };

/** A key and a provider have checks of their own, which say more. */
export const clientOptions: ArgumentCheck = fields('options', {
  takes: { baseUrl: TEXT, limits: OBJECT },
  remedy: 'Pass an object with the apiKey, for example { apiKey }.',
});

/** What a host must bring. */
export const clientPorts: ArgumentCheck = fields('ports', {
  needs: { transport: PORT, clock: CLOCK, random: PORT, lanes: PORT },
  remedy: PORT.remedy,
});

export const accountRegistry: ArgumentCheck = argument('accounts', REGISTRY);

function hasMethods(value: unknown, names: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const object: Readonly<Record<string, unknown>> = value as Readonly<Record<string, unknown>>;
  return names.every((name) => typeof object[name] === 'function');
}
