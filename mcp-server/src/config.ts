import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { AccountLimits, RenderProvider } from '@renderq/core';
import { homeFolder } from './home-folder.ts';
import { readLimits } from './limit-settings.ts';
import type { LogLevel } from './log.ts';

/** What the environment says about one provider's account. */
interface AccountSettings {
  readonly apiKey?: string;
  readonly baseUrl?: string;
  /** Where the plan differs from the provider's smallest one. */
  readonly limits?: Partial<AccountLimits>;
}

export interface Config {
  /** By provider id; one entry for every registered provider. */
  readonly accounts: ReadonlyMap<string, AccountSettings>;
  /** From RENDERQ_LOG. Default `error`. */
  readonly logLevel: LogLevel;
  /** The folder of this user's jobs, from RENDERQ_HOME or as {@link homeFolder} says. It may not exist yet. */
  readonly home: string;
  /** From RENDERQ_HTTP_TOKEN, unread. Empty where it is set to nothing, which is a mistake and no leave to go without. */
  readonly httpToken?: string;
  /** From RENDERQ_FILES: the folders whose files callers on stdio may name. Default: none. */
  readonly files: readonly string[];
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

/** An account without a home folder, as containers have them, keeps its jobs as long as the machine keeps such files. */
function userHome(): string {
  try {
    return homedir();
  } catch {
    return join(tmpdir(), 'renderq-home');
  }
}

/** Hosts start servers without a shell, so nobody else puts the home folder in place of `~`. */
const expandHome = (folder: string): string =>
  /^~(?=[\\/]|$)/.test(folder) ? join(userHome(), folder.slice(1)) : folder;

/** Folders as in PATH. */
const readFolders = (env: Environment): readonly string[] =>
  (read(env, 'RENDERQ_FILES') ?? '')
    .split(delimiter)
    .map((folder) => folder.trim())
    .filter((folder) => folder !== '')
    .map(expandHome);

function readHome(env: Environment): string {
  const renderqHome = read(env, 'RENDERQ_HOME');
  return homeFolder({
    platform: process.platform,
    userHome: userHome(),
    renderqHome: renderqHome === undefined ? undefined : expandHome(renderqHome),
    xdgStateHome: read(env, 'XDG_STATE_HOME'),
    localAppData: read(env, 'LOCALAPPDATA'),
  });
}

/** Reads the settings of this server. The only reader of the environment; never throws, so that the server starts. */
export function readConfig(providers: readonly RenderProvider[], env: Environment = process.env): Config {
  const accounts = providers.map((provider): [string, AccountSettings] => {
    const apiKey = read(env, provider.env.apiKey);
    const baseUrl = read(env, provider.env.baseUrl);
    const limits = readLimits(provider, (name) => read(env, name));
    return [provider.id, { ...(apiKey && { apiKey }), ...(baseUrl && { baseUrl }), ...(limits && { limits }) }];
  });
  const httpToken = env.RENDERQ_HTTP_TOKEN === undefined ? undefined : (read(env, 'RENDERQ_HTTP_TOKEN') ?? '');
  return {
    accounts: new Map(accounts),
    logLevel: readLogLevel(env),
    home: readHome(env),
    files: readFolders(env),
    ...(httpToken !== undefined && { httpToken }),
  };
}
