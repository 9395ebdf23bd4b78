/** What `graft summary DATA` says about opened data. */
import { holdoutOf, kindOfSource, showHoldout } from '../../data/index.js'
import { type Data, dataCounts, type DataCounts } from '../../io/index.js'

/** Statistics of data, and how they were read. */
export interface DataSummary extends DataCounts {
  readonly root: string
  /** What the data were recognised as: `an image folder`. */
  readonly source: string
  /** How the validation images are chosen; null for data that always have their own. */
  readonly holdout: string | null
  readonly skipped: Data['skipped']
}

export const dataSummaryOf = (data: Data): DataSummary => {
  const { source } = data.spec
  const holdout = holdoutOf(source)
  return {
    root: data.root,
    source: kindOfSource(source).what,
    holdout: holdout === null ? null : showHoldout.show(holdout),
    ...dataCounts(data),
    skipped: data.skipped
  }
}

const columns = (rows: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> => {
  const widths = rows[0]!.map((_, c) => Math.max(...rows.map((row) => row[c]!.length)))
  return rows.map((row) =>
    row.map((cell, c) => (c === 0 ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!))).join('  ')
  )
}

const range = ([smallest, largest]: readonly [number, number]): string =>
  smallest === largest ? String(smallest) : `${smallest} to ${largest}`

const tasks: Readonly<Record<DataCounts['task'], string>> = {
  Classification: 'one class for each image',
  MultiLabel: 'any number of labels for each image',
  Regression: 'numbers',
  Segmentation: 'a mask for each image',
  ImageRegression: 'a target image for each image',
  Points: 'points in each image'
}

/** A table with a row for each class, and lines for the rest. */
export const showDataSummary = (summary: DataSummary): string => {
  const { root, source, holdout, task, classes, train, valid, test, sizes, skipped } = summary
  const counted = train.perClass.length > 0
  const perClass = counted
    ? classes.map((name, i) => [name, String(train.perClass[i]!), String(valid.perClass[i]!), ''])
    : []
  const total = ['images', String(train.images), String(valid.images), test === 0 ? '' : String(test)]
  const rows = [['', 'train', 'valid', test === 0 ? '' : 'test'], ...perClass, total]
  return [
    `${root}: ${source}; ${tasks[task]}`,
    ...(holdout === null ? [] : [`holdout: ${holdout}`]),
    ...(counted || classes.length === 0 ? [] : [`${task === 'Points' ? 'points' : 'classes'}: ${classes.join(', ')}`]),
    ...(sizes === undefined
      ? ['sizes: not read']
      : [`sizes: height ${range(sizes.height)}, width ${range(sizes.width)} pixels`]),
    ...(skipped.length === 0 ? [] : [`left out: ${skipped.length} unreadable`]),
    '',
    ...columns(rows).map((line) => line.trimEnd())
  ].join('\n')
}
