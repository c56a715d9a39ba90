import { element, setText } from './dom.ts';
import type { JobEntry } from './page-state.ts';
import { fileUrl } from './service-calls.ts';

/** Where in a film its picture is taken, in seconds: openings are often black. */
const STILL_AT = 1;

/** Pictures are loaded when their row comes near the window: a hundred films at once would keep a browser busy. */
const nearby = new IntersectionObserver(
  (sightings) => {
    for (const { isIntersecting, target } of sightings) {
      if (!isIntersecting) continue;
      nearby.unobserve(target);
      const source = target.getAttribute('data-src');
      if (source !== null && (target instanceof HTMLVideoElement || target instanceof HTMLImageElement))
        target.src = source;
    }
  },
  { rootMargin: '300px' },
);

/** What a finished job looks like: a still that plays under the pointer, a picture, or the kind of file it is. */
export function thumbnail(job: JobEntry): Element {
  const index = job.files.findIndex(({ type }) => type === 'video' || type === 'image');
  const file = job.files[index];
  const kind = file ?? job.files[0];
  const label = element('span', { class: 'file-kind' }, kind ? endingOf(kind.name) : '');
  if (!file) return label;
  const picture = file.type === 'video' ? still(job.id, index, file.durationSeconds ?? 0) : image(job.id, index);
  const frame = element('span', { class: 'picture' }, label, picture);
  // A browser that cannot show the format leaves the name of it.
  picture.addEventListener('error', () => {
    picture.remove();
    setText(label, endingOf(file.name));
  });
  nearby.observe(picture);
  return frame;
}

function image(jobId: string, index: number): HTMLImageElement {
  return element('img', { alt: '', 'data-src': fileUrl(jobId, index), decoding: 'async' });
}

function still(jobId: string, index: number, durationSeconds: number): HTMLVideoElement {
  const at = Math.min(STILL_AT, durationSeconds / 2);
  const video = element('video', {
    preload: 'metadata',
    muted: true,
    playsinline: true,
    loop: true,
    tabindex: -1,
    'aria-hidden': 'true',
    'data-src': `${fileUrl(jobId, index)}#t=${at}`,
  });
  // The attribute sets the default only; without the property a film with sound may not start by itself.
  video.muted = true;
  return video;
}

/** Plays a row's film while the pointer or the focus is on it. */
export function playOnAttention(row: HTMLElement): void {
  const play = () => {
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    // A pause that comes before the first frame rejects it; there is nothing to do about that.
    row
      .querySelector('video')
      ?.play()
      .catch(() => undefined);
  };
  const pause = () => row.querySelector('video')?.pause();
  row.addEventListener('pointerenter', play);
  row.addEventListener('focusin', play);
  row.addEventListener('pointerleave', pause);
  row.addEventListener('focusout', pause);
}

/** `MP4` for `out.mp4`; a name without an ending is a file. */
function endingOf(name: string): string {
  return (/\.([a-z0-9]{1,5})$/i.exec(name)?.[1] ?? 'file').toUpperCase();
}
