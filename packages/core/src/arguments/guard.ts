import type { ArgumentCheck } from './check-argument.ts';

type Asynchronous = (...given: never[]) => Promise<unknown>;

/** A check for each argument of each method that gives a promise; the compiler asks for the methods that are left out. */
export type ArgumentChecks<Surface> = {
  readonly [Name in keyof Surface as Surface[Name] extends Asynchronous ? Name : never]: readonly ArgumentCheck[];
};

/**
 * The same surface, whose methods look at their arguments first. What a check throws, the method rejects with: a caller
 * of something asynchronous must not have to catch twice.
 */
export function guard<Surface extends object>(surface: Surface, checks: ArgumentChecks<Surface>): Surface {
  const guarded = Object.entries<readonly ArgumentCheck[]>(checks).map(([name, rules]) => {
    const method = surface[name as keyof Surface] as (...given: readonly unknown[]) => Promise<unknown>;
    // Not an async function: each of those costs a waiting call some hundred bytes, and many calls may wait.
    const checked = (...given: readonly unknown[]): Promise<unknown> => {
      try {
        for (const [at, check] of rules.entries()) check(given[at]);
      } catch (error) {
        return Promise.reject(error);
      }
      return method(...given);
    };
    return [name, checked];
  });
  return Object.freeze({ ...surface, ...Object.fromEntries(guarded) });
}
