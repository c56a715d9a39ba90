import { loadCanvas } from './canvas.ts';
import type { SampleSpec } from './sample-spec.ts';

const WIDTH = 1280;
const HEIGHT = 720;

/** Draws the picture of an image sample: a diagonal gradient, soft discs, and the file's name. */
export async function drawSamplePicture(spec: SampleSpec): Promise<Buffer> {
  const { createCanvas } = await loadCanvas();
  const canvas = createCanvas(WIDTH, HEIGHT);
  const pen = canvas.getContext('2d');
  const sky = pen.createLinearGradient(0, 0, WIDTH, HEIGHT);
  sky.addColorStop(0, `hsl(${spec.seed}, 62%, 56%)`);
  sky.addColorStop(1, `hsl(${(spec.seed + 70) % 360}, 66%, 28%)`);
  pen.fillStyle = sky;
  pen.fillRect(0, 0, WIDTH, HEIGHT);
  for (let index = 0; index < 6; index += 1) {
    const angle = ((spec.seed + index * 137.5) * Math.PI) / 180;
    pen.fillStyle = `rgba(255, 255, 255, ${0.05 + index * 0.012})`;
    pen.beginPath();
    pen.arc(WIDTH / 2 + Math.cos(angle) * 420, HEIGHT / 2 + Math.sin(angle) * 220, 90 + index * 34, 0, Math.PI * 2);
    pen.fill();
  }
  pen.fillStyle = '#ffffff';
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  pen.font = '700 64px Inter';
  pen.fillText(spec.label, WIDTH / 2, HEIGHT / 2 - 20, WIDTH - 160);
  pen.font = '400 28px Inter';
  pen.fillText(`sample ${spec.extension.slice(1).toUpperCase()}, ${WIDTH} x ${HEIGHT}`, WIDTH / 2, HEIGHT / 2 + 52);
  if (spec.extension === '.webp') return canvas.encode('webp', 90);
  return spec.extension === '.png' ? canvas.encode('png') : canvas.encode('jpeg', 90);
}
