/** A field that PhantomFlow's pages do not show, or that it adds later. It is passed on as it is. */
interface Open {
  readonly [field: string]: unknown;
}

/** One thing to see or hear in a scene. Types beyond `text` and `image` are told by `client.schema()`. */
export interface PhantomFlowElement extends Open {
  readonly type: 'text' | 'image' | (string & {});
  readonly text?: string;
  readonly font_size?: number;
  /** Hex, for example `#FFFFFF`. */
  readonly color?: string;
  /** For example `center` or `bottom-center`. */
  readonly position?: unknown;
  /** Public URL of the media. */
  readonly src?: string;
}

export interface PhantomFlowScene extends Open {
  /** Seconds. */
  readonly duration?: number;
  /** Hex colour. */
  readonly background?: string;
  readonly elements?: readonly PhantomFlowElement[];
}

/** A movie script, the body of POST /api/render (PhantomFlow API reference). */
export interface PhantomFlowMovie extends Open {
  readonly scenes: readonly PhantomFlowScene[];
  /** Pixels. The service's default is 1920. */
  readonly width?: number;
  /** Pixels. The service's default is 1080. */
  readonly height?: number;
  /** Frames per second. The service's default is 30. */
  readonly fps?: number;
  /** The service's default is `high`. */
  readonly quality?: 'low' | 'medium' | 'high';
  /** Gets one POST when the job ends: see `parseWebhook`. */
  readonly webhook_uri?: string;
  /** Delivery targets (S3, FTP, SFTP, email, YouTube); their fields are not documented. */
  readonly exports?: readonly unknown[];
}
