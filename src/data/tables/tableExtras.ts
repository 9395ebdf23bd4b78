/**
 * The cells of a table besides files, labels and sets: groups of images, and weights of images in the loss.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import type { Row } from './csv.js'
import { badTable, type DataError } from '../DataError.js'
import { indexWhere, listOf } from '../Indexed.js'
import { isMissing, numberOf } from './tableCells.js'
import type { TableColumns } from './tableColumns.js'

/** What a row has in these columns. */
export interface Extras {
  readonly group?: string
  readonly weight?: number
}

const cellsOf = (
  at: string,
  { body, names }: TableColumns,
  column: O.Option<number>,
  expected: string,
  isRight: (cell: string) => boolean
): E.Either<DataError, ReadonlyArray<string> | null> => {
  if (O.isNone(column)) return E.right(null)
  const cellOf = ({ cells }: Row): string => cells[column.value]!.trim()
  const place = indexWhere(body, (row) => !isRight(cellOf(row)))
  if (place === -1) return E.right(listOf(cellOf)(body))
  const wrong = body.at(place)
  return E.left(
    badTable(
      `${at}: line ${wrong.line}`,
      `${expected} in the column ${names[column.value]!}`,
      cellOf(wrong) === '' ? 'nothing' : JSON.stringify(cellOf(wrong)),
      'correct the cell, or name another column'
    )
  )
}

const none: Extras = {}

const isWeight = (cell: string): boolean => cell !== '' && Number.isFinite(numberOf(cell)) && numberOf(cell) >= 0

/** The group and the weight of each row. Errors: `BadTable` for an empty group, and for a weight that is no number from 0. */
export const extrasIn = (at: string, read: TableColumns): E.Either<DataError, (row: number) => Extras> =>
  pipe(
    E.Do,
    E.bind('groups', () => cellsOf(at, read, read.groups, 'a group', (cell) => !isMissing(cell))),
    E.bind('weights', () => cellsOf(at, read, read.weights, 'a number from 0', isWeight)),
    E.map(
      ({ groups, weights }) =>
        (i: number): Extras =>
          groups === null && weights === null
            ? none
            : {
                ...(groups === null ? {} : { group: groups[i]!.normalize('NFC') }),
                ...(weights === null ? {} : { weight: numberOf(weights[i]!) })
              }
    )
  )
