/** Names that are remembered. A webhook may come before the answer to the submit that made its job. */
const MOST_NAMES = 10_000;
/** One end more or less says little of how reliable webhooks are. */
const PRIOR_MISSES = 1;

/** What webhooks have told, and how far they can be relied on. */
export interface Announcements {
  /** A webhook named this job. */
  heard(jobId: string): void;
  has(jobId: string): boolean;
  /** A job whose end was to be announced has ended. */
  ended(jobId: string): void;
  /** The share of ends that webhooks tell, 0 to 1; 0 until the first one has arrived. */
  share(): number;
}

export function createAnnouncements(): Announcements {
  const names = new Set<string>();
  let told = 0;
  let missed = 0;
  return {
    heard(jobId) {
      names.add(jobId);
      const [oldest] = names;
      if (names.size > MOST_NAMES && oldest !== undefined) names.delete(oldest);
    },
    has: (jobId) => names.has(jobId),
    ended(jobId) {
      if (names.delete(jobId)) told += 1;
      else missed += 1;
    },
    share: () => (told === 0 ? 0 : told / (told + missed + PRIOR_MISSES)),
  };
}
