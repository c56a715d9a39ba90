import { z } from 'zod';

/** The provider's own body: what it may hold is the provider's business, and checked per provider. */
export const requestArgument = z
  .looseObject({})
  .describe("The provider's own request body; list_providers shows an example of each");
