/** Tables that are sorted by a click on a column. */

const valueOf = (row: HTMLTableRowElement, column: number): string | number => {
  const cell = row.cells[column]
  const sort = cell?.dataset['sort']
  return sort === undefined ? (cell?.textContent ?? '') : Number(sort)
}

const ascending = (a: string | number, b: string | number): number => {
  if (typeof a === 'number' && typeof b === 'number') {
    // what is no number comes last
    return Number.isNaN(a) || Number.isNaN(b) ? Number(Number.isNaN(a)) - Number(Number.isNaN(b)) : a - b
  }
  return String(a).localeCompare(String(b), undefined, { numeric: true })
}

const sortBy = (table: HTMLTableElement, header: HTMLTableCellElement): void => {
  const [body] = table.tBodies
  if (body === undefined) return
  const column = header.cellIndex
  const rows = [...body.rows]
  const current = header.getAttribute('aria-sort')
  // numbers are first sorted from the largest
  const numeric = rows.some((row) => typeof valueOf(row, column) === 'number')
  const up = current === null ? !numeric : current === 'descending'
  for (const other of table.querySelectorAll('th[aria-sort]')) other.removeAttribute('aria-sort')
  header.setAttribute('aria-sort', up ? 'ascending' : 'descending')
  body.append(
    ...rows.sort((a, b) => {
      const order = ascending(valueOf(a, column), valueOf(b, column))
      return up ? order : -order
    })
  )
}

export const startTables = (root: ParentNode): void => {
  for (const table of root.querySelectorAll<HTMLTableElement>('table.sortable')) {
    for (const header of table.querySelectorAll<HTMLTableCellElement>('thead th')) {
      const button = document.createElement('button')
      button.type = 'button'
      button.textContent = header.textContent
      header.replaceChildren(button)
      button.addEventListener('click', () => sortBy(table, header))
    }
  }
}
