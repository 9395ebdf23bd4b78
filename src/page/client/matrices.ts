/** Confusion matrices: counts or percent, the order of the classes, and the images of a cell. */

const showValues = (matrix: Element, percent: boolean): void => {
  for (const value of matrix.querySelectorAll<HTMLElement>('.value'))
    value.textContent = (percent ? value.dataset['share'] : value.dataset['count']) ?? ''
}

const keyOf = (row: HTMLTableRowElement, order: string): number =>
  order === 'images' ? -Number(row.dataset['images']) : -Number(row.dataset['mistakes'])

const ordered = (rows: ReadonlyArray<HTMLTableRowElement>, order: string): ReadonlyArray<HTMLTableRowElement> => {
  const index = (row: HTMLTableRowElement): number => Number(row.dataset['row'])
  const name = (row: HTMLTableRowElement): string => row.cells[0]?.textContent ?? ''
  return [...rows].sort((a, b) => {
    if (order === 'name') return name(a).localeCompare(name(b), undefined, { numeric: true })
    return (order === 'index' ? 0 : keyOf(a, order) - keyOf(b, order)) || index(a) - index(b)
  })
}

const reorder = (matrix: Element, order: string): void => {
  const body = matrix.querySelector('tbody')
  const head = matrix.querySelector<HTMLTableRowElement>('thead tr')
  if (body === null || head === null) return
  const rows = ordered([...body.rows], order)
  body.append(...rows)
  const columns = rows.map((row) => row.dataset['row'] ?? '')
  for (const row of [head, ...rows]) {
    const cells = new Map([...row.cells].slice(1).map((cell) => [cell.dataset['column'] ?? '', cell]))
    row.append(...columns.flatMap((column) => cells.get(column) ?? []))
  }
}

/** Opens the images that the address of the page names; without this script, links lead to closed ones. */
export const openTarget = (): void => {
  const id = decodeURIComponent(location.hash.slice(1))
  const target = id === '' ? null : document.getElementById(id)
  if (!(target instanceof HTMLDetailsElement)) return
  for (let outer: Element | null = target; outer !== null; outer = outer.parentElement)
    if (outer instanceof HTMLDetailsElement) outer.open = true
  target.scrollIntoView()
  target.querySelector('summary')?.focus({ preventScroll: true })
}

export const startMatrices = (root: ParentNode): void => {
  for (const matrix of root.querySelectorAll('.matrix')) {
    const control = matrix.querySelector<HTMLElement>('.control')
    if (control !== null) control.hidden = false
    matrix
      .querySelector<HTMLInputElement>('.normalise')
      ?.addEventListener('change', ({ target }) => showValues(matrix, (target as HTMLInputElement).checked))
    matrix
      .querySelector<HTMLSelectElement>('.order')
      ?.addEventListener('change', ({ target }) => reorder(matrix, (target as HTMLSelectElement).value))
    // the same cell may be followed twice, which changes no address
    for (const link of matrix.querySelectorAll('a')) link.addEventListener('click', () => setTimeout(openTarget))
  }
}
