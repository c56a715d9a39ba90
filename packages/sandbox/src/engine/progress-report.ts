/**
 * Reads the key=value blocks of `-progress pipe:1`, in chunks of any size, and reports the output position in seconds.
 * `out_time_us` is the only trustworthy key: `out_time_ms` also counts microseconds, and either may be `N/A`.
 */
export function createProgressReader(onBlock: (block: ProgressBlock) => void): (chunk: string) => void {
  let rest = '';
  let seconds: number | undefined;
  let bytes: number | undefined;
  return (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [key, value = ''] = line.split('=', 2).map((part) => part.trim());
      if (key === 'out_time_us') seconds = numberOf(value, 1_000_000);
      else if (key === 'total_size') bytes = numberOf(value, 1);
      else if (key === 'progress') onBlock({ seconds, bytes });
    }
  };
}

export interface ProgressBlock {
  readonly seconds: number | undefined;
  readonly bytes: number | undefined;
}

function numberOf(text: string, unit: number): number | undefined {
  return /^-?\d+$/.test(text) ? Math.max(0, Number(text) / unit) : undefined;
}
