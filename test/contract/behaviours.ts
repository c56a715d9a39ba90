import type { Behaviour } from './behaviour.ts';
import { PHANTOMFLOW_BASICS } from './phantomflow-basics.ts';
import { PHANTOMFLOW_JOBS } from './phantomflow-jobs.ts';
import { RENDOBAR_BASICS } from './rendobar-basics.ts';
import { RENDOBAR_JOBS } from './rendobar-jobs.ts';
import { RENDOBAR_UPLOADS } from './rendobar-uploads.ts';
import { RENDOBAR_WEBHOOKS } from './rendobar-webhooks.ts';
import type { Vendor } from './target.ts';

/** Everything that the sandbox is held to. */
export const BEHAVIOURS: Readonly<Record<Vendor, readonly Behaviour[]>> = {
  rendobar: [...RENDOBAR_BASICS, ...RENDOBAR_JOBS, ...RENDOBAR_WEBHOOKS, ...RENDOBAR_UPLOADS],
  phantomflow: [...PHANTOMFLOW_BASICS, ...PHANTOMFLOW_JOBS],
};
