import { ANSWER_CODES as PHANTOMFLOW_CODES } from '../dialects/phantomflow/errors.ts';
import { ANSWER_CODES as RENDOBAR_CODES } from '../dialects/rendobar/errors.ts';
import { DEFAULT_KEYS } from '../service/accounts.ts';
import type { Vocabularies } from '../service/fault-check.ts';
import { PROVIDERS, type Provider } from '../service/plans.ts';
import { SANDBOX_VERSION } from '../service/version.ts';
import type { About, CodeInWords } from './client/page-state.ts';
import { faultMenu } from './fault-menu.ts';
import { PROVIDER_NAMES } from './provider-names.ts';

type CodeTable = Readonly<Record<string, { readonly status: number; readonly message: string }>>;

const CODE_TABLES: Readonly<Record<Provider, CodeTable>> = { rendobar: RENDOBAR_CODES, phantomflow: PHANTOMFLOW_CODES };

const EXAMPLES: Readonly<Record<Provider, (baseUrl: string, key: string) => string>> = {
  rendobar: (baseUrl, key) =>
    `curl -s ${baseUrl}/jobs -H 'authorization: Bearer ${key}' -H 'content-type: application/json' \\\n  -d '{"type":"ffmpeg","params":{"command":"-f lavfi -i testsrc2=size=640x360:duration=4 out.mp4"}}'`,
  phantomflow: (baseUrl, key) =>
    `curl -s ${baseUrl}/api/render -H 'x-api-key: ${key}' -H 'content-type: application/json' \\\n  -d '{"width":640,"height":360,"scenes":[{"duration":3,"background":"#1e3a8a","elements":[{"type":"text","text":"Hello"}]}]}'`,
};

/** What the page needs once: addresses, and every code with its meaning. */
export function readAbout(publicUrl: string, vocabularies: Vocabularies): About {
  return {
    version: SANDBOX_VERSION,
    node: process.version,
    providers: PROVIDERS.map((provider) => {
      const baseUrl = `${publicUrl}/${provider}`;
      const { answers: codes, jobs, signsWebhooks } = vocabularies[provider];
      const answers = codes.map((code) => inWords(provider, code));
      return {
        provider,
        name: PROVIDER_NAMES[provider],
        baseUrl,
        answers,
        faults: faultMenu(answers, Object.keys(jobs), signsWebhooks),
        example: EXAMPLES[provider](baseUrl, DEFAULT_KEYS[provider]),
      };
    }),
  };
}

function inWords(provider: Provider, code: string): CodeInWords {
  const row = CODE_TABLES[provider][code];
  return { code, status: row?.status ?? 500, words: row?.message ?? code };
}
