/** A file to upload: bytes that can be read from any place, and again, without holding them all. */
export interface UploadSource {
  /** The name that the asset gets. */
  readonly filename: string;
  /** Bytes in all. */
  readonly size: number;
  /** Changes when the content may have changed, for example its time of writing; lets an upload be resumed safely. */
  readonly version?: string;
  /** The bytes from `start` up to, but not including, `end`. May be called many times, also side by side. */
  read(start: number, end: number): AsyncIterable<Uint8Array>;
}
