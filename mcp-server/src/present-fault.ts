import { RenderError, type RenderErrorCode } from '@renderq/core';
import type { RenderFaultKind } from '@renderq/sandbox/probe';
import { plainLine } from './untrusted-text.ts';

interface Meaning {
  readonly code: RenderErrorCode;
  readonly remedy: string;
}

const NAME_MEDIA = 'Name the media file itself: a public URL that answers with it, or a file in an allowed folder.';

const MEANINGS: Readonly<Record<RenderFaultKind, Meaning>> = {
  'invalid-command': { code: 'INTERNAL', remedy: 'This is a defect of renderq: report it with the message.' },
  'source-blocked': {
    code: 'SOURCE_UNUSABLE',
    remedy: 'Use an http or https URL of a public address, without a user name in it.',
  },
  'source-unreachable': {
    code: 'SOURCE_UNUSABLE',
    remedy: 'Make sure that the URL is public, has not expired and answers without a login.',
  },
  'source-not-media': { code: 'SOURCE_UNUSABLE', remedy: NAME_MEDIA },
  'engine-cannot': {
    code: 'PROVIDER_UNSUPPORTED',
    remedy: 'Install FFmpeg, or @ffmpeg/core, on the machine of this server; FFMPEG_PATH names one at another place.',
  },
  failed: { code: 'SOURCE_UNUSABLE', remedy: NAME_MEDIA },
  timeout: { code: 'WAIT_TIMEOUT', remedy: 'Call again, or name a smaller file.' },
  cancelled: { code: 'CANCELLED', remedy: 'Call again if it is still wanted.' },
};

interface LocalFault {
  readonly kind: RenderFaultKind;
  readonly message: string;
}

/** A fault of the local FFmpeg, told by its shape: its class comes from a package that is loaded late. */
export const isLocalFault = (fault: unknown): fault is LocalFault =>
  fault instanceof Error &&
  fault.name === 'RenderFault' &&
  'kind' in fault &&
  typeof fault.kind === 'string' &&
  Object.hasOwn(MEANINGS, fault.kind);

/** The typed error that a fault of the local FFmpeg is. */
export function localFaultError({ kind, message }: LocalFault, field: string): RenderError {
  const { code, remedy } = MEANINGS[kind];
  return new RenderError({
    code,
    message: plainLine(message),
    remedy,
    ...(code === 'SOURCE_UNUSABLE' ? { field } : {}),
  });
}
