import type { RenderProvider } from '@renderq/core';
import { z } from 'zod';

/** One of the registered providers. */
export const providerArgument = (providers: readonly RenderProvider[]) => z.enum(providers.map(({ id }) => id));
