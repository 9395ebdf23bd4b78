/**
 * Validation of data descriptions.
 *
 * @since 0.1.0
 */
import * as O from 'fp-ts/lib/Option.js'
import { badSpec, type DataError } from './DataError.js'
import { transformMistakes } from './transforms/checkTransforms.js'
import type { DataSpec } from './DataSpec.js'
import { kindOfSource } from './sources/sourceKinds.js'
import { shapeMistakes } from './specShape.js'

const side = (n: number): boolean => Number.isInteger(n) && n >= 1 && n <= 16_384
const positive = (n: number): boolean => Number.isSafeInteger(n) && n >= 1

/**
 * Every mistake in a description that shows before any file is read: sizes, statistics, percentages.
 *
 * @example
 * import { imageFolder, withBatchSize } from 'graft-vision'
 * import { checkSpec } from './index.js'
 *
 * assert.deepStrictEqual(checkSpec(imageFolder('photos')), [])
 * assert.deepStrictEqual(checkSpec(withBatchSize(0)(imageFolder('photos'))).map((e) => e.path), ['data.bs'])
 *
 * @since 0.1.0
 */
export const checkSpec = (spec: DataSpec): ReadonlyArray<DataError> => {
  const misshapen = shapeMistakes(spec)
  if (misshapen.length > 0) return misshapen
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
  ask(positive(spec.bs), 'bs', 'an integer of at least 1', spec.bs, 'use withBatchSize(64)')
  if (O.isSome(spec.validBs))
    ask(
      positive(spec.validBs.value),
      'validBs',
      'an integer of at least 1',
      spec.validBs.value,
      'use withValidBatchSize(64)'
    )
  if (O.isSome(spec.range)) {
    const [black, white] = spec.range.value
    ask(
      Number.isFinite(black) && Number.isFinite(white) && black < white,
      'range',
      'the sample values of black and white, the first one smaller',
      [black, white],
      'use withRange([0, 4095])'
    )
  }
  if (spec.sampling._tag === 'Balanced')
    ask(
      spec.sampling.power >= 0 && spec.sampling.power <= 1,
      'sampling.power',
      'a power in [0, 1]',
      spec.sampling.power,
      'use balancedSampling({ power: 0.5 })'
    )
  ask(
    spec.cacheBytes >= 0,
    'cacheBytes',
    'bytes, at least 0',
    spec.cacheBytes,
    'use withCacheBytes(0) to disable the cache'
  )
  for (const { path, expected, found } of transformMistakes(spec.transforms))
    ask(false, path, expected, found, 'use withTransforms(getTransforms())')
  if (spec.normalise._tag === 'Given') {
    const { mean, std } = spec.normalise.stats
    const lengths = mean.length === std.length && (mean.length === 1 || mean.length === 3)
    ask(
      lengths,
      'normalise.stats',
      '1 or 3 means and as many standard deviations',
      { mean, std },
      'use normalise(imagenetStats)'
    )
    ask(
      [...mean, ...std].every(Number.isFinite) && std.every((s) => s > 0),
      'normalise.stats',
      'finite means, and standard deviations above 0',
      { mean, std },
      'use normaliseFromBatch'
    )
  }
  return [...wrong, ...kindOfSource(spec.source).mistakes(spec.source)]
}
