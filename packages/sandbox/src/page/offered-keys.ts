import { DEFAULT_KEYS } from '../service/accounts.ts';
import { DEFAULT_PLAN, PLANS, PROVIDERS, type Provider } from '../service/plans.ts';

export interface OfferedKey {
  readonly provider: Provider;
  readonly key: string;
}

/** One working key for each plan of both vendors, the default key first. They are public: everybody's sandbox has them. */
export const OFFERED_KEYS: readonly OfferedKey[] = PROVIDERS.flatMap((provider) => {
  const others = Object.keys(PLANS[provider]).filter((slug) => slug !== DEFAULT_PLAN);
  const prefix = provider === 'rendobar' ? 'rb_sandbox_' : 've_test_';
  return [DEFAULT_KEYS[provider], ...others.map((slug) => `${prefix}${slug}`)].map((key) => ({ provider, key }));
});
