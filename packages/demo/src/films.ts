/**
 * The example URLs are those of the vendors' own pages: the sandbox answers them with media that it makes itself,
 * so that they work without a network.
 */
export const MOVIE = {
  width: 1280,
  height: 720,
  fps: 25,
  quality: 'medium',
  scenes: [
    {
      duration: 3,
      background: '#14213D',
      elements: [
        { type: 'text', text: 'First light', font_size: 96, color: '#FCA311', position: 'center' },
        {
          type: 'text',
          text: 'a film from one JSON request',
          font_size: 40,
          color: '#FFFFFF',
          position: 'bottom-center',
        },
      ],
    },
    {
      duration: 3,
      background: '#0B6E4F',
      elements: [
        { type: 'image', src: 'https://media.example.org/sunrise.jpg', position: 'center' },
        {
          type: 'text',
          text: 'An image, and text over it',
          font_size: 48,
          color: '#FFFFFF',
          position: 'bottom-center',
        },
      ],
    },
    {
      duration: 3,
      background: '#7B2CBF',
      elements: [
        {
          type: 'text',
          text: 'Long lines wrap by themselves, so that a headline of any length stays inside the picture',
          font_size: 64,
          color: '#FFFFFF',
          position: 'center',
        },
      ],
    },
  ],
} as const;

export const COMMAND = {
  type: 'ffmpeg',
  inputs: { 'input.mp4': 'https://example.com/video.mp4' },
  params: {
    command:
      'ffmpeg -i input.mp4 -vf "scale=854:480,drawtext=text=\'scaled by Rendobar\':fontsize=32:fontcolor=white:box=1:boxcolor=black@0.6:boxborderw=12:x=(w-text_w)/2:y=h-80" -c:v libx264 -crf 23 -preset veryfast -c:a aac output.mp4',
  },
} as const;

/** A picture of both films side by side, made by a render job as well: three frames of each. */
export function contactSheetCommand(movieUrl: string, clipUrl: string): Record<string, unknown> {
  const row = (input: number, every: number) =>
    `[${input}:v]fps=1/${every},scale=426:240:force_original_aspect_ratio=decrease,pad=426:240:-1:-1,tile=3x1:padding=6:margin=6[r${input}]`;
  return {
    type: 'ffmpeg',
    inputs: { 'movie.mp4': movieUrl, 'clip.mp4': clipUrl },
    params: {
      command: `ffmpeg -i movie.mp4 -i clip.mp4 -filter_complex "${row(0, 3)};${row(1, 1.5)};[r0][r1]vstack=inputs=2[sheet]" -map "[sheet]" -frames:v 1 contact-sheet.png`,
    },
  };
}
