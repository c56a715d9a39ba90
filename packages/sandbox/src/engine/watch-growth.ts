import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface GrowthWatch {
  /** Measures the folder, unless the last look is still under way. */
  look(): void;
}

/**
 * Calls `onTooLarge` once the files of a folder have together grown by more than `maxBytes` since now. FFmpeg reports the
 * size of its first output alone, and a sequence of pictures is many small files.
 */
export async function watchGrowth(folder: string, maxBytes: number, onTooLarge: () => void): Promise<GrowthWatch> {
  const before = await bytesIn(folder);
  let looking = false;
  return {
    look() {
      if (looking) return;
      looking = true;
      bytesIn(folder)
        .then((now) => {
          if (now - before > maxBytes) onTooLarge();
        })
        .finally(() => {
          looking = false;
        });
    },
  };
}

/** A file that goes away between the list and the look counts as nothing. */
async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  const sizes = entries.map((entry) =>
    entry.isFile()
      ? stat(join(entry.parentPath, entry.name)).then(
          ({ size }) => size,
          () => 0,
        )
      : 0,
  );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
