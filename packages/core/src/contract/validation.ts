import type { ErrorIssue, ErrorRecord } from '../errors/error-record.ts';

/** What a request was held against: the schema that the provider serves, the one that is bundled, or its shape alone. */
export type SchemaSource = 'live' | 'bundled' | 'none';

/** The outcome of a validation. Nothing is sent to be rendered, and nothing is billed. */
export interface ValidationReport {
  /** True when nothing is known against the request. The provider has the last word, above all where no schema was used. */
  readonly valid: boolean;
  /** All problems at once, each at a dotted path into the request, for example `scenes.0.duration`. */
  readonly issues: readonly ErrorIssue[];
  readonly checkedAgainst: SchemaSource;
  /** Why the provider's own schema was not used, where it should have been. */
  readonly schemaError?: ErrorRecord;
}
