/** Tables whose rows the script sorts. */
import type { Cell, TableBlock } from '../Block.js'
import { h, type Html } from '../Html.js'

const shown = (cell: Cell): string => {
  if (cell === null) return '–'
  return typeof cell === 'object' ? cell.shown : String(cell)
}

const cellHtml = (cell: Cell, i: number): Html => {
  const number = typeof cell === 'object' && cell !== null ? cell.sort : typeof cell === 'number' ? cell : null
  const attributes = number === null ? {} : { class: 'number', 'data-sort': String(number) }
  return i === 0 ? h('th', { scope: 'row', ...attributes }, shown(cell)) : h('td', attributes, shown(cell))
}

export const tableHtml = ({ caption, columns, rows }: TableBlock): Html =>
  h(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption },
    h(
      'table',
      { class: 'sortable' },
      h('caption', {}, caption),
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          columns.map((title) => h('th', { scope: 'col' }, title))
        )
      ),
      h(
        'tbody',
        {},
        rows.map((row) => h('tr', {}, row.map(cellHtml)))
      )
    )
  )
