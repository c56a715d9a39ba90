/** Attributes as HTML has them: `true` stands alone, `false` is absent. */
export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** Builds an element. Children that are texts become text, never markup: they may come from strangers. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(node, name, value);
  node.append(...children);
  return node;
}

/** The element of the page with this id. Throws when the page and its scripts do not belong together. */
export function byId<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const node = document.getElementById(id);
  if (node instanceof kind) return node;
  throw new Error(`The page has no ${kind.name} #${id}.`);
}

/** Writes a text where it differs: an unchanged node keeps the reader's selection and wakes no screen reader. */
export function setText(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** Sets, replaces or (with `false`) removes an attribute, where it differs. */
export function setAttribute(node: Element, name: string, value: string | number | boolean): void {
  const wanted = value === true ? '' : value === false ? null : String(value);
  if (node.getAttribute(name) === wanted) return;
  if (wanted === null) node.removeAttribute(name);
  else node.setAttribute(name, wanted);
}

/** Shows or hides an element, for everybody alike. */
export function show(node: HTMLElement, shown: boolean): void {
  if (node.hidden === shown) node.hidden = !shown;
}
