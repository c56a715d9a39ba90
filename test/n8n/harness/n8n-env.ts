import { delimiter, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PostgresAddress } from './postgres.ts';

export interface N8nPlace {
  readonly major: 1 | 2;
  readonly port: number;
  readonly brokerPort: number;
  /** Becomes HOME and n8n's user folder. */
  readonly folder: string;
  readonly postgres: PostgresAddress;
  readonly database: string;
  /** Where calls that would have left the machine are noted. */
  readonly outsideCalls: string;
  readonly redisPort?: number;
  readonly settings?: Readonly<Record<string, string>>;
}

const PRELOADS = ['./outside-calls.cjs', './without-sqlite.cjs'].map((file) =>
  fileURLToPath(new URL(file, import.meta.url)),
);

/** Every one of these phones home, or shows what came from there, when it is left on. */
const QUIET: Readonly<Record<string, string>> = {
  N8N_DIAGNOSTICS_ENABLED: 'false',
  N8N_DIAGNOSTICS_CONFIG_FRONTEND: '',
  N8N_DIAGNOSTICS_CONFIG_BACKEND: '',
  N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
  N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
  N8N_DYNAMIC_BANNERS_ENABLED: 'false',
  N8N_TEMPLATES_ENABLED: 'false',
  N8N_PERSONALIZATION_ENABLED: 'false',
  N8N_HIRING_BANNER_ENABLED: 'false',
  N8N_VERIFIED_PACKAGES_ENABLED: 'false',
  N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
  N8N_LICENSE_DETACH_FLOATING_ON_SHUTDOWN: 'false',
  N8N_AI_ENABLED: 'false',
  EXTERNAL_FRONTEND_HOOKS_URLS: '',
};

/** The module registry of 2.x calls out at start whatever the switches say; 1.x knows none of these names. */
const DISABLED_MODULES =
  'mcp-registry,instance-ai,agents,agent-evals,chat-hub,insights,mcp,workflow-builder,instance-version-history,breaking-changes,quick-connect';

/** The whole environment of an n8n under test: nothing of whoever runs the tests but the PATH. */
export function n8nEnv(place: N8nPlace): Record<string, string> {
  const address = `http://127.0.0.1:${place.port}/`;
  return {
    ...QUIET,
    ...(place.major === 2
      ? { N8N_DISABLED_MODULES: DISABLED_MODULES, N8N_WEBHOOK_URL: address }
      : { N8N_RUNNERS_ENABLED: 'true', WEBHOOK_URL: address }),
    // n8n starts its task runner as "node": the one that runs this, which is the project's.
    PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}`,
    HOME: place.folder,
    TZ: 'UTC',
    GENERIC_TIMEZONE: 'UTC',
    NODE_OPTIONS: PRELOADS.map((file) => `--require ${JSON.stringify(file)}`).join(' '),
    RENDERQ_OUTSIDE_CALLS: place.outsideCalls,
    N8N_USER_FOLDER: place.folder,
    N8N_LISTEN_ADDRESS: '127.0.0.1',
    N8N_HOST: '127.0.0.1',
    N8N_PROTOCOL: 'http',
    N8N_PORT: `${place.port}`,
    N8N_RUNNERS_BROKER_PORT: `${place.brokerPort}`,
    N8N_SECURE_COOKIE: 'false',
    N8N_ENCRYPTION_KEY: 'a-key-for-tests-0123456789',
    N8N_UNVERIFIED_PACKAGES_ENABLED: 'true',
    N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem',
    N8N_ENFORCE_SETTINGS_FILE_PERMISSIONS: 'true',
    N8N_LOG_LEVEL: 'info',
    DB_TYPE: 'postgresdb',
    DB_POSTGRESDB_HOST: '127.0.0.1',
    DB_POSTGRESDB_PORT: `${place.postgres.port}`,
    DB_POSTGRESDB_DATABASE: place.database,
    DB_POSTGRESDB_USER: place.postgres.user,
    DB_POSTGRESDB_PASSWORD: 'trusted',
    ...(place.redisPort === undefined
      ? {}
      : {
          EXECUTIONS_MODE: 'queue',
          QUEUE_BULL_REDIS_HOST: '127.0.0.1',
          QUEUE_BULL_REDIS_PORT: `${place.redisPort}`,
          QUEUE_HEALTH_CHECK_ACTIVE: 'true',
          // Or main would run by itself whatever is started by hand, and the workers were not tried.
          OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true',
        }),
    ...place.settings,
  };
}
