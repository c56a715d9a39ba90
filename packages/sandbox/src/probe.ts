export {
  createMediaProber,
  type MediaProber,
  type MediaProberOptions,
  type ProbedMedia,
  type ProbeOptions,
  type ProbeSource,
} from './engine/media-prober.ts';
export type { MediaReport, MediaStream } from './engine/media-streams.ts';
export { RenderFault, type RenderFaultKind } from './engine/renderer.ts';
export { type MediaKind, SNIFF_BYTES, sniffMediaKind } from './media/media-kind.ts';
