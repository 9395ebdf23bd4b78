/** Elements with text and children; text is never read as markup. */
export const element = <K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<HTMLElementTagNameMap[K]> = {},
  ...children: ReadonlyArray<Node | string>
): HTMLElementTagNameMap[K] => {
  const made = Object.assign(document.createElement(tag), properties)
  made.append(...children)
  return made
}

/** The element of the page with this id; the server wrote it. */
export const byId = <A extends HTMLElement>(id: string): A => document.getElementById(id) as A
