import { posix, win32 } from 'node:path';

/** What decides where programs of this user keep state, apart from the operating system. */
export interface HomeFacts {
  readonly platform: NodeJS.Platform;
  readonly userHome: string;
  /** From RENDERQ_HOME: taken as it is, relative to the working folder. */
  readonly renderqHome?: string | undefined;
  /** From XDG_STATE_HOME. The XDG base directory specification has a relative one ignored. */
  readonly xdgStateHome?: string | undefined;
  /** From LOCALAPPDATA. */
  readonly localAppData?: string | undefined;
}

/**
 * The folder that holds this user's jobs: RENDERQ_HOME, or the place that the operating system has for state which
 * belongs to one machine. Touches nothing.
 */
export function homeFolder({ platform, userHome, renderqHome, xdgStateHome, localAppData }: HomeFacts): string {
  if (renderqHome !== undefined) return renderqHome;
  if (platform === 'win32') return win32.join(localAppData ?? win32.join(userHome, 'AppData', 'Local'), 'renderq');
  if (platform === 'darwin') return posix.join(userHome, 'Library', 'Application Support', 'renderq');
  const isUsable = xdgStateHome !== undefined && posix.isAbsolute(xdgStateHome);
  return posix.join(isUsable ? xdgStateHome : posix.join(userHome, '.local', 'state'), 'renderq');
}
