/** A small request that each provider accepts, by provider id: what a caller starts from. */
export const EXAMPLE_REQUESTS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  rendobar: {
    type: 'ffmpeg',
    params: { command: 'ffmpeg -f lavfi -i testsrc=duration=1:size=320x180:rate=25 -pix_fmt yuv420p out.mp4' },
  },
  phantomflow: {
    width: 320,
    height: 180,
    fps: 25,
    scenes: [
      {
        duration: 1,
        background: '#101820',
        elements: [{ type: 'text', text: 'Hello', font_size: 32, color: '#FFFFFF', position: 'center' }],
      },
    ],
  },
};

/** The types of job of each provider that has several, told apart by `type` in its request (Rendobar job types page). */
export const REQUEST_TYPES: Readonly<Record<string, readonly string[]>> = {
  rendobar: [
    'ffmpeg',
    'ffprobe',
    'compose',
    'compress.target',
    'caption.burn',
    'captions.animate',
    'image.generate',
    'image.edit',
    'image.upscale',
  ],
};
