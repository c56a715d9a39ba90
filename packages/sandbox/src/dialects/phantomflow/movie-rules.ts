import { MOVIE_SCHEMA } from '../../movie/schema.ts';
import { findExtensions, STRICT_MOVIE_SCHEMA } from '../../movie/strict-schema.ts';
import { type SchemaCheck, type SchemaProblem, schemaCheck } from '../../service/schema-problem.ts';

/** What a movie script may hold: the schema that is served, and the check that every submit passes. */
export interface MovieRules {
  readonly schema: object;
  readonly findProblem: SchemaCheck;
}

/** The local renderer's whole format, with what PhantomFlow's pages do not show. */
const LOCAL_RULES: MovieRules = Object.freeze({ schema: MOVIE_SCHEMA, findProblem: schemaCheck(MOVIE_SCHEMA) });

const findStrictProblem = schemaCheck(STRICT_MOVIE_SCHEMA);

/** The format without the local extensions. */
const STRICT_RULES: MovieRules = Object.freeze({
  schema: STRICT_MOVIE_SCHEMA,
  findProblem(script: unknown): SchemaProblem | undefined {
    const problem = findStrictProblem(script);
    return problem && isExtension(script, problem.path)
      ? { ...problem, message: `${problem.message} (a local extension, and this sandbox is strict)` }
      : problem;
  },
});

/** A script that works without `--strict` is refused for a reason that no page of the vendor tells. */
function isExtension(script: unknown, path: string): boolean {
  return findExtensions(script).some((extension) => extension.path.replaceAll('/', '.') === path);
}

export function movieRules(strict: boolean): MovieRules {
  return strict ? STRICT_RULES : LOCAL_RULES;
}
