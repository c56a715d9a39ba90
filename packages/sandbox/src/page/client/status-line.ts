import { byId, setAttribute, setText } from './dom.ts';
import type { About, PageState } from './page-state.ts';

/** The words in the head of the page: version, engine, and whether what is shown is the present. */
export function statusLine(about: About) {
  const engine = byId('engine', HTMLElement);
  const connection = byId('connection', HTMLElement);
  setText(byId('version', HTMLElement), about.version);

  const tell = (node: HTMLElement, text: string, tone: string) => {
    setText(node, text);
    setAttribute(node, 'data-tone', tone);
  };
  return {
    live(state: PageState) {
      const { engine: found, defects } = state;
      const kind = found?.kind === 'wasm' ? 'WebAssembly' : 'native';
      tell(engine, found ? `FFmpeg ${found.version}, ${kind}` : 'no FFmpeg yet', found ? 'plain' : 'warn');
      setAttribute(engine, 'title', found?.reason ?? '');
      if (defects === 0) tell(connection, 'live', 'good');
      else tell(connection, `${defects} ${defects === 1 ? 'defect' : 'defects'}, see /_sandbox/health`, 'bad');
    },
    lost() {
      tell(connection, 'no answer', 'bad');
    },
  };
}
