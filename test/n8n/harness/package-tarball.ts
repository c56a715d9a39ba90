import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** The community package in the repository. */
export const NODES_FOLDER = fileURLToPath(new URL('../../../nodes/', import.meta.url));

/** Packs the built community package as `npm publish` would, into a folder; gives the tarball. */
export async function packNodes(into: string): Promise<string> {
  if (!existsSync(join(NODES_FOLDER, 'dist')))
    throw new Error('The n8n nodes are not built: run "npm run build" first.');
  const { stdout } = await promisify(execFile)(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', into],
    {
      cwd: NODES_FOLDER,
      env: { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}` },
    },
  );
  const [packed] = JSON.parse(stdout) as { filename: string }[];
  if (!packed) throw new Error('npm pack gave no file.');
  return join(into, packed.filename);
}
