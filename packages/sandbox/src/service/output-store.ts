import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RenderedFile } from '../engine/renderer.ts';
import { markOutput } from './mark-output.ts';

/** A finished file, out of the engine's reach. `path` never leaves the process. */
export type StoredFile = RenderedFile;

export interface OutputStore {
  /** A fresh folder for one render. */
  openWorkDir(jobId: string): Promise<string>;
  closeWorkDir(jobId: string): Promise<void>;
  /** Moves a render's files out of its work folder and marks them as local. */
  keep(jobId: string, files: readonly RenderedFile[]): Promise<readonly StoredFile[]>;
  discard(jobId: string): Promise<void>;
}

/** Work folders and finished files under one data folder. Files are stored by number: no name of a caller reaches the disk. */
export function createOutputStore(dataDir: string): OutputStore {
  const workDir = (jobId: string) => join(dataDir, 'work', jobId);
  const outputDir = (jobId: string) => join(dataDir, 'output', jobId);
  return {
    async openWorkDir(jobId) {
      await mkdir(workDir(jobId), { recursive: true });
      return workDir(jobId);
    },
    async closeWorkDir(jobId) {
      await rm(workDir(jobId), { recursive: true, force: true, maxRetries: 3 });
    },
    async keep(jobId, files) {
      await mkdir(outputDir(jobId), { recursive: true });
      return Promise.all(
        files.map(async (file, index) => {
          const path = join(outputDir(jobId), String(index));
          await rename(file.path, path);
          return { ...file, path, sizeBytes: file.sizeBytes + (await markOutput(path)) };
        }),
      );
    },
    async discard(jobId) {
      await rm(outputDir(jobId), { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
