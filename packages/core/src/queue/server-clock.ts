/** The provider's clock as its answers' `Date` headers tell it. The header is cut to the second. */
export interface ServerClock {
  /** Takes note of an answer that arrived at `nowMs`, our clock. */
  heard(headers: Readonly<Record<string, string>>, nowMs: number): void;
  /** The provider's time at this moment of ours, never late and less than a second early; undefined until it is told. */
  at(nowMs: number): number | undefined;
}

export function createServerClock(): ServerClock {
  let offset: number | undefined;
  return {
    heard({ date = '' }, nowMs) {
      const told = Date.parse(date) - nowMs;
      if (Number.isNaN(told)) return;
      // The cut, and the way of the answer, make it look behind: the largest offset heard is the truest, until a jump.
      offset = offset === undefined || Math.abs(told - offset) > 5_000 ? told : Math.max(offset, told);
    },
    at: (nowMs) => (offset === undefined ? undefined : nowMs + offset),
  };
}
