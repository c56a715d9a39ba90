import { lstat, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identifyProcess, isSurelyGone, type ProcessIdentity } from './process-identity.ts';

export interface DataFolder {
  readonly path: string;
  /** Removes a temporary folder; one that was given stays. */
  remove(): Promise<void>;
}

const PREFIX = 'renderq-sandbox-';
const OWNER = 'owner.json';

/** Opens the folder that was given, or a temporary one that names its owner, so that it can be swept after a kill. */
export async function openDataFolder(given: string | undefined, root = tmpdir()): Promise<DataFolder> {
  if (given !== undefined) {
    await mkdir(given, { recursive: true });
    return { path: given, remove: async () => undefined };
  }
  const path = await mkdtemp(join(root, PREFIX));
  await writeFile(join(path, OWNER), JSON.stringify(await identifyProcess()));
  return { path, remove: () => removeOwned(path) };
}

/**
 * Removes temporary folders whose sandbox was killed before it could. Folders of other users, folders that name no owner
 * and folders whose owner cannot be judged from here stay.
 */
export async function sweepDataFolders(root = tmpdir()): Promise<void> {
  for (const name of await readdir(root)) {
    if (!name.startsWith(PREFIX)) continue;
    const path = join(root, name);
    // One that cannot be removed must not save the others.
    if (await isLeftBehind(path)) await removeOwned(path).catch(() => undefined);
  }
}

async function isLeftBehind(path: string): Promise<boolean> {
  const [folder, file] = await Promise.all([lstat(path), lstat(join(path, OWNER))]).catch(() => []);
  if (!folder?.isDirectory() || !file?.isFile()) return false;
  const user = process.getuid?.();
  if (user !== undefined && (folder.uid !== user || file.uid !== user)) return false;
  const owner = parseOwner(await readFile(join(path, OWNER), 'utf8').catch(() => ''));
  return owner !== undefined && isSurelyGone(owner);
}

/** The owner's name goes last: a removal that is broken off is taken up again by the next sweep. */
async function removeOwned(path: string): Promise<void> {
  const names = await readdir(path).catch(() => []);
  const contents = names.filter((name) => name !== OWNER);
  await Promise.all(contents.map((name) => rm(join(path, name), { recursive: true, force: true, maxRetries: 3 })));
  await rm(path, { recursive: true, force: true, maxRetries: 3 });
}

function parseOwner(text: string): ProcessIdentity | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Killed while it was being written.
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { pid, startedAt, world } = value as Readonly<Record<string, unknown>>;
  if (typeof pid !== 'number' || !Number.isInteger(pid) || pid <= 0) return undefined;
  return {
    pid,
    ...(typeof startedAt === 'string' ? { startedAt } : {}),
    ...(typeof world === 'string' ? { world } : {}),
  };
}
