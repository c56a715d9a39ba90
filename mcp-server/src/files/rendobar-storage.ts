import type { FileStorage } from './file-storage.ts';

/** Opens the storage of a Rendobar account. Loads what is heavy only now. Throws RenderError as the client does. */
export async function openRendobarStorage(account: {
  readonly apiKey: string;
  readonly baseUrl?: string;
}): Promise<FileStorage> {
  const { createNodeRendobar } = await import('@renderq/core/node');
  const { assets } = createNodeRendobar(account);
  return {
    id: 'rendobar',
    async upload(source, { contentType, sha256 }) {
      const { url, expiresAt } = await assets.upload(source, { contentType, checksum: sha256 });
      return { url, ...(expiresAt === undefined ? {} : { expiresAt }) };
    },
  };
}
