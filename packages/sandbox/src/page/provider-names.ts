import type { Provider } from '../service/plans.ts';

/** The providers as people write them. */
export const PROVIDER_NAMES: Readonly<Record<Provider, string>> = { rendobar: 'Rendobar', phantomflow: 'PhantomFlow' };
