import { expect, it } from 'vitest';
import { withScriptFont } from './filter-fonts.ts';

it('gives every style and font tag of an ASS script the packaged font', () => {
  const script =
    '[V4+ Styles]\nFormat: Name,Fontname,Fontsize\nStyle: Default,Arial,44\n[Events]\nDialogue: 0,0:00:01.00,{\\fnComic Sans\\b1}hi';
  expect(withScriptFont(script)).toBe(
    '[V4+ Styles]\nFormat: Name,Fontname,Fontsize\nStyle: Default,Inter,44\n[Events]\nDialogue: 0,0:00:01.00,{\\fnInter\\b1}hi',
  );
});
