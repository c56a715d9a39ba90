/** The film that every subject renders, and how one would write it by hand. */
export const FILM = { width: 854, height: 480, fps: 30, seconds: 13 } as const;

const CLIP = 'https://cdn.example.com/clip.mp4';
const CUES = [
  { start: 0.5, end: 3, text: 'The first thing that is said' },
  { start: 5, end: 7.5, text: 'Something in the middle' },
  { start: 9, end: 12, text: 'And a last word' },
];

export const MOVIE = {
  width: FILM.width,
  height: FILM.height,
  fps: FILM.fps,
  quality: 'medium',
  subtitles: { cues: CUES },
  elements: [{ type: 'audio', src: 'https://cdn.example.com/song.mp3', volume: 0.3 }],
  scenes: [
    {
      duration: 5,
      elements: [
        { type: 'video', src: CLIP },
        { type: 'text', text: 'A headline', font_size: 72, fade_in: 1 },
      ],
    },
    {
      duration: 5,
      transition: { type: 'fade', duration: 1 },
      elements: [
        { type: 'image', src: 'https://cdn.example.com/photo.jpg', fit: 'cover' },
        { type: 'text', text: 'On a photograph', font_size: 48, position: 'top-center' },
      ],
    },
    {
      duration: 5,
      transition: { type: 'slideleft', duration: 1 },
      elements: [
        { type: 'video', src: CLIP, fit: 'cover', width: FILM.width, height: FILM.height, muted: true },
        { type: 'image', src: 'https://cdn.example.com/logo.png', width: 120, position: 'top-right' },
      ],
    },
  ],
};

/** Pictures that a person would draw before calling FFmpeg: what they show, and how large it is. */
export const PLATES = {
  'title.png': [380, 90],
  'caption.png': [400, 60],
  'logo.png': [120, 68],
  'cue0.png': [330, 44],
  'cue1.png': [300, 44],
  'cue2.png': [220, 44],
} as const;

/** One FFmpeg call for the same film: sources and encoder settings as renderq uses them, everything in one graph. */
export function plainArgs(preset: string, threads: number, output: string): readonly string[] {
  const { width, height, fps } = FILM;
  const size = `${width}:${height}`;
  const still = (frames: number) => `loop=loop=${frames - 1}:size=1,setpts=N/${fps}/TB`;
  const pictures = ['photo.png', ...Object.keys(PLATES)];
  const film = `fps=${fps},trim=end_frame=150,scale=${size}:out_color_matrix=bt709:out_range=tv,setsar=1`;
  const graph = [
    `[0:v]${film},format=yuv444p[clip]`,
    `[4:v]format=yuva444p,${still(150)},fade=t=in:s=0:n=30:alpha=1[title]`,
    '[clip][title]overlay=237:195:format=yuv444[one]',
    `[3:v]scale=${size},format=yuv444p,setsar=1,${still(150)}[photo]`,
    '[photo][5:v]overlay=227:24:format=yuv444[two]',
    `[1:v]${film},format=yuv444p[again]`,
    '[again][6:v]overlay=690:24:format=yuv444[three]',
    '[one][two]xfade=transition=fade:duration=1:offset=4[first]',
    '[first][three]xfade=transition=slideleft:duration=1:offset=8[all]',
    ...CUES.map(({ start, end }, index) => {
      const below = index === 0 ? '[all]' : `[said${index - 1}]`;
      return `${below}[${7 + index}:v]overlay=262:410:enable='between(t,${start},${end})':format=yuv444[said${index}]`;
    }),
    '[said2]format=yuv420p[video]',
    '[0:a]aresample=48000,aformat=channel_layouts=stereo[near]',
    '[2:a]aresample=48000,aformat=channel_layouts=stereo,volume=0.3[far]',
    `[near][far]amix=inputs=2:duration=longest:normalize=0,apad,atrim=end=${FILM.seconds}[sound]`,
  ].join(';');
  return [
    ...['-i', 'clip.mp4', '-i', 'clip.mp4', '-i', 'song.mp3'],
    ...pictures.flatMap((name) => ['-framerate', String(fps), '-i', name]),
    ...['-filter_complex', graph, '-map', '[video]', '-map', '[sound]', '-r', String(fps), '-t', String(FILM.seconds)],
    ...['-c:v', 'libx264', '-preset', preset, '-crf', '23', '-g', String(fps * 2), '-threads', String(threads)],
    ...['-c:a', 'aac', '-b:a', '160k', '-movflags', '+faststart', output],
  ];
}
