import { randomBytes } from 'node:crypto';

/** Crockford's base 32, lower case: nothing that a person or a model mixes up when copying. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * A new job id: `job_rq` and 20 characters (100 random bits), safe in a URL.
 * Rendobar's ids begin with `job_` too; the `rq` keeps the two apart.
 */
export const newJobId = (): string => `job_rq${Array.from(randomBytes(20), (byte) => ALPHABET[byte & 31]).join('')}`;
