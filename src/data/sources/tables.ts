import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import { isEncoding } from '../tables/encodings.js'
import type { ImageCsv } from '../tables/ImageTable.js'
import { settleTable } from '../tables/settleTable.js'
import { arrangeTable, tableOf } from '../tables/tableRows.js'
import { type Check, classesChecks, holdoutChecks, mistakesAmong } from './mistakes.js'
import type { SourceKind } from './SourceKind.js'

const columnChecks = ({ delimiter, labelDelim, encoding, labelCol }: ImageCsv): ReadonlyArray<Check> => {
  const columns = O.toUndefined(labelCol)
  return [
    [
      O.isNone(delimiter) || ([...delimiter.value].length === 1 && !/["\r\n]/.test(delimiter.value)),
      'source.delimiter',
      'a delimiter of one character',
      O.toUndefined(delimiter),
      "use imageCsv(path, { delimiter: ',' })"
    ],
    [columns === undefined || columns.length > 0, 'source.labelCol', 'at least one column', columns, 'name the column'],
    [
      O.isNone(encoding) || isEncoding(encoding.value),
      'source.encoding',
      'an encoding that TextDecoder knows',
      O.toUndefined(encoding),
      "use imageCsv(path, { encoding: 'latin1' })"
    ],
    [
      !O.exists((delim: string) => delim === '')(labelDelim),
      'source.labelDelim',
      'the separator of labels',
      '',
      "use imageCsv(path, { labelDelim: ' ' })"
    ],
    [
      O.isNone(labelDelim) || columns === undefined || columns.length < 2,
      'source.labelDelim',
      'one column of labels',
      columns,
      'name one column, or leave out the delimiter: several columns contain 0 and 1'
    ]
  ]
}

export const imageCsvKind: SourceKind<ImageCsv> = {
  what: 'a table (csv)',
  place: ({ path }) => ({ _tag: 'Folder', path }),
  layout: (source) => ({
    reads: () => [source.csv],
    arrange:
      (_, [file]) =>
      (listing) =>
        pipe(
          tableOf(source, listing)(file ?? new Uint8Array(0)),
          E.bindTo('table'),
          E.bind('arranged', ({ table }) => arrangeTable(source, table)(listing)),
          E.map(({ table, arranged }) => ({
            ...arranged,
            settle: (isReadable) => settleTable(source, table, isReadable)(arranged)
          }))
        )
  }),
  mistakes: (source) =>
    mistakesAmong([
      ...columnChecks(source),
      ...holdoutChecks(source.holdout, 'table'),
      ...classesChecks(source.classes)
    ]),
  mapPath: (f) => (source) => ({ ...source, path: f(source.path) }),
  movedTo: (path) => (source) => ({ ...source, path }),
  withHoldout: (holdout) => (source) => ({ ...source, holdout }),
  labels: () => 'values'
}
