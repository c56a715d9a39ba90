import { keyHeader, send, type Target, type Vendor } from './target.ts';

/** What a run against a real account may do. */
export type LiveMode = 'off' | 'free' | 'paid';

const ACCOUNTS = {
  rendobar: { key: 'RENDOBAR_API_KEY', baseUrl: 'RENDOBAR_BASE_URL', home: 'https://api.rendobar.com' },
  phantomflow: { key: 'PHANTOMFLOW_API_KEY', baseUrl: 'PHANTOMFLOW_BASE_URL', home: 'https://api.phantomflow.dev' },
} as const;

/** The variable that allows calls to a real account: a key alone, which may lie about for other reasons, does not. */
export const LIVE_VARIABLE = 'RENDERQ_CONTRACT_LIVE';

type Env = Readonly<Record<string, string | undefined>>;

/** `RENDERQ_CONTRACT_LIVE=free` looks only; `paid` renders too and spends money; anything else does nothing. */
export function liveMode(env: Env): LiveMode {
  const word = env[LIVE_VARIABLE];
  return word === 'free' || word === 'paid' ? word : 'off';
}

/** The real account of a vendor, or in one sentence why there is none. */
export function liveTarget(vendor: Vendor, env: Env): Target | string {
  const names = ACCOUNTS[vendor];
  if (liveMode(env) === 'off')
    return `set ${LIVE_VARIABLE}=free and ${names.key} to hold a real account to this as well`;
  const key = env[names.key];
  if (!key) return `${names.key} is not set`;
  const baseUrl = (env[names.baseUrl] ?? names.home).replace(/\/+$/, '');
  return {
    call: (path, options = {}) =>
      send(`${baseUrl}${path}`, options, keyHeader(vendor, options.key === undefined ? key : options.key)),
    open: (url, options = {}) => send(url, options, {}),
  };
}
