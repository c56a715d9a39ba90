/** Packs the built server and the workspace packages that it stands on into `folder` and gives the paths of the tarballs. */
export function packTarballs(folder: string): Promise<readonly string[]>;
/** Installs tarballs with npm into a folder that holds nothing else, as a user of the packages does. */
export function installTarballs(tarballs: readonly string[], folder: string): Promise<void>;
/** Writes renderq-<version>-<platform>.mcpb into `folder`, from tarballs of {@link packTarballs}, and gives its path. */
export function packBundle(folder: string, tarballs: readonly string[]): Promise<string>;
