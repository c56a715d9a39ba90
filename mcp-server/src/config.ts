import type { RenderProvider } from '@renderq/core';
import type { LogLevel } from './log.ts';

/** What the environment says about one provider's account. */
interface AccountSettings {
  readonly apiKey?: string;
  readonly baseUrl?: string;
}

export interface Config {
  /** By provider id; one entry for every registered provider. */
  readonly accounts: ReadonlyMap<string, AccountSettings>;
  /** From RENDERQ_LOG. Default `error`. */
  readonly logLevel: LogLevel;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Some hosts pass an option that the user left empty as its unexpanded placeholder. */
const PLACEHOLDER = /^\$\{[^}]*\}$/;

function read(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === undefined || value === '' || PLACEHOLDER.test(value) ? undefined : value;
}

const readLogLevel = (env: Environment): LogLevel => {
  const level = read(env, 'RENDERQ_LOG')?.toLowerCase();
  return level === 'debug' || level === 'info' || level === 'warn' ? level : 'error';
};

/** Reads the settings of this server. The only reader of the environment; never throws, so that the server starts. */
export function readConfig(providers: readonly RenderProvider[], env: Environment = process.env): Config {
  const accounts = providers.map(({ id, env: names }): [string, AccountSettings] => {
    const apiKey = read(env, names.apiKey);
    const baseUrl = read(env, names.baseUrl);
    return [id, { ...(apiKey && { apiKey }), ...(baseUrl && { baseUrl }) }];
  });
  return { accounts: new Map(accounts), logLevel: readLogLevel(env) };
}
