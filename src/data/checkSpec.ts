/**
 * What can be wrong with a description as such.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { badSpec, type DataError } from './DataError.js'
import { transformMistakes } from './checkTransforms.js'
import type { DataSpec } from './DataSpec.js'
import type { Archive, FolderLayout, ImageFolder } from './Source.js'
import { isEncoding } from './encodings.js'
import { legendOf } from './maskValues.js'

const layoutOfFolders = (source: ImageFolder | Archive): FolderLayout =>
  source._tag === 'Archive' ? source.layout : source

const side = (n: number): boolean => Number.isInteger(n) && n >= 1 && n <= 16_384
const positive = (n: number): boolean => Number.isSafeInteger(n) && n >= 1

/**
 * Everything that is wrong with a description as such, before any file is looked at: sizes, statistics, percentages.
 *
 * @example
 * import { checkSpec, imageFolder, withBatchSize } from 'graft-vision'
 *
 * assert.deepStrictEqual(checkSpec(imageFolder('photos')), [])
 * assert.deepStrictEqual(checkSpec(withBatchSize(0)(imageFolder('photos'))).map((e) => e.path), ['data.bs'])
 *
 * @since 0.1.0
 */
export const checkSpec = (spec: DataSpec): ReadonlyArray<DataError> => {
  const wrong: Array<DataError> = []
  const ask = (ok: boolean, path: string, expected: string, found: unknown, hint: string): void => {
    if (!ok) wrong.push(badSpec(`data.${path}`, expected, JSON.stringify(found) ?? String(found), hint))
  }
  const size = O.toUndefined(spec.size)
  if (size !== undefined)
    ask(
      (typeof size === 'number' ? [size] : size).every(side),
      'size',
      'sides of 1 to 16384 pixels',
      size,
      'use withSize(224)'
    )
  ask(positive(spec.bs), 'bs', 'a whole number of at least 1', spec.bs, 'use withBatchSize(64)')
  if (O.isSome(spec.validBs))
    ask(
      positive(spec.validBs.value),
      'validBs',
      'a whole number of at least 1',
      spec.validBs.value,
      'use withValidBatchSize(64)'
    )
  if (O.isSome(spec.range)) {
    const [black, white] = spec.range.value
    ask(
      Number.isFinite(black) && Number.isFinite(white) && black < white,
      'range',
      'the sample that is black and a greater one that is white',
      [black, white],
      'use withRange([0, 4095])'
    )
  }
  ask(spec.cacheBytes >= 0, 'cacheBytes', 'bytes, at least 0', spec.cacheBytes, 'use withCacheBytes(0) to keep nothing')
  for (const { path, expected, found } of transformMistakes(spec.transforms))
    ask(false, path, expected, found, 'use withTransforms(getTransforms())')
  if (spec.normalise._tag === 'Given') {
    const { mean, std } = spec.normalise.stats
    const lengths = mean.length === std.length && (mean.length === 1 || mean.length === 3)
    ask(
      lengths,
      'normalise.stats',
      '1 or 3 means and as many deviations',
      { mean, std },
      'use normalise(imagenetStats)'
    )
    ask(
      [...mean, ...std].every(Number.isFinite) && std.every((s) => s > 0),
      'normalise.stats',
      'finite means, deviations above 0',
      { mean, std },
      'use normaliseFromBatch'
    )
  }
  const { source } = spec
  if (source._tag === 'Digits') {
    ask(
      Number.isSafeInteger(source.train) && source.train >= 2,
      'source.train',
      'at least 2 images',
      source.train,
      'use digits({ n: 2000 })'
    )
    ask(
      Number.isSafeInteger(source.valid) && source.valid >= 0,
      'source.valid',
      'at least 0 images',
      source.valid,
      'use digits({ n: 2000, valid: 400 })'
    )
    return wrong
  }
  if (source._tag === 'ImageMasks') {
    ask(
      O.isNone(source.values) || O.isNone(source.colours),
      'source.colours',
      'a map of values or of colours',
      'both',
      'leave one of the two out'
    )
    const legend = typeof source.codes === 'string' ? undefined : legendOf(source, source.codes)
    if (legend !== undefined && E.isLeft(legend)) wrong.push(legend.left)
  }
  const { holdout } = source._tag === 'Archive' ? source.layout : source
  const classes =
    source._tag === 'ImageImages' || source._tag === 'ImageMasks'
      ? O.none
      : (source._tag === 'Archive' ? source.layout : source).classes
  if (source._tag === 'ImageImages')
    ask(
      source.channels === 1 || source.channels === 3,
      'source.channels',
      '1 channel or 3',
      source.channels,
      'leave it out for 3'
    )
  if (source._tag === 'ImageCsv') {
    ask(
      O.isNone(source.delimiter) ||
        ([...source.delimiter.value].length === 1 && !/["\r\n]/.test(source.delimiter.value)),
      'source.delimiter',
      'one character between columns',
      O.toUndefined(source.delimiter),
      "use imageCsv(path, { delimiter: ',' })"
    )
    const labelCol = O.toUndefined(source.labelCol)
    ask(
      labelCol === undefined || labelCol.length > 0,
      'source.labelCol',
      'at least one column',
      labelCol,
      'name the column'
    )
    ask(
      O.isNone(source.encoding) || isEncoding(source.encoding.value),
      'source.encoding',
      'an encoding that TextDecoder knows',
      O.toUndefined(source.encoding),
      "use imageCsv(path, { encoding: 'latin1' })"
    )
    ask(
      !O.exists((delim: string) => delim === '')(source.labelDelim),
      'source.labelDelim',
      'what is between labels',
      '',
      "use imageCsv(path, { labelDelim: ' ' })"
    )
    ask(
      O.isNone(source.labelDelim) || labelCol === undefined || labelCol.length < 2,
      'source.labelDelim',
      'one column of labels',
      labelCol,
      'name one column; several say 0 or 1, without a delimiter'
    )
  }
  const classFrom =
    source._tag === 'ImageFolder' || source._tag === 'Archive' ? layoutOfFolders(source).classFrom : O.none
  if (O.isSome(classFrom) && typeof classFrom.value === 'number')
    ask(
      positive(classFrom.value),
      'source.classFrom',
      "'parent', 'top' or the number of a folder, from 1",
      classFrom.value,
      "use imageFolder(path, { classFrom: 'top' })"
    )
  if (holdout._tag === 'ByPct')
    ask(
      holdout.pct >= 0 && holdout.pct < 1,
      'source.holdout.pct',
      'a part in [0, 1)',
      holdout.pct,
      'use holdoutByPct(0.2)'
    )
  if (O.isSome(classes))
    ask(
      new Set(classes.value).size === classes.value.length,
      'source.classes',
      'different names',
      classes.value,
      'name each class once'
    )
  return wrong
}
