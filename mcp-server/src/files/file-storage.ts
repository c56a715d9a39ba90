import type { UploadSource } from '@renderq/core';

/** Where files go so that a provider's jobs can read them. */
export interface FileStorage {
  /** The same for the same account. */
  readonly id: string;
  /** Uploads a file unless the storage has its content already. Throws RenderError. */
  upload(
    source: UploadSource,
    file: { readonly contentType: string; readonly sha256: string },
  ): Promise<{ readonly url: string; readonly expiresAt?: number }>;
}
