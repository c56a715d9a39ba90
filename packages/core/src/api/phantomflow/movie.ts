/** A field that PhantomFlow's pages do not show, or that it adds later. It is passed on as it is. */
interface Open {
  readonly [field: string]: unknown;
}

/** One thing to see or hear in a scene. Types beyond `text` and `image` are told by `client.schema()`. */
export interface PhantomFlowElement extends Open {
  readonly type: 'text' | 'image' | (string & {});
  readonly text?: string | undefined;
  readonly font_size?: number | undefined;
  /** Hex, for example `#FFFFFF`. */
  readonly color?: string | undefined;
  /** For example `center` or `bottom-center`. */
  readonly position?: unknown;
  /** Public URL of the media. */
  readonly src?: string | undefined;
}

export interface PhantomFlowScene extends Open {
  /** Seconds. */
  readonly duration?: number | undefined;
  /** Hex colour. */
  readonly background?: string | undefined;
  readonly elements?: readonly PhantomFlowElement[] | undefined;
}

/** A movie script, the body of POST /api/render (PhantomFlow API reference). */
export interface PhantomFlowMovie extends Open {
  readonly scenes: readonly PhantomFlowScene[];
  /** Pixels. The service's default is 1920. */
  readonly width?: number | undefined;
  /** Pixels. The service's default is 1080. */
  readonly height?: number | undefined;
  /** Frames per second. The service's default is 30. */
  readonly fps?: number | undefined;
  /** The service's default is `high`. */
  readonly quality?: 'low' | 'medium' | 'high' | undefined;
  /** Gets one POST when the job ends: see `parseWebhook`. */
  readonly webhook_uri?: string | undefined;
  /** Delivery targets (S3, FTP, SFTP, email, YouTube); their fields are not documented. */
  readonly exports?: readonly unknown[] | undefined;
}
