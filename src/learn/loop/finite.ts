/** Detection of NaN and infinite values at their source, before they affect any result. */
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import type { DataItem, Task } from '../../data/index.js'
import type { Evaluation, StateDict } from '../../engine/index.js'
import { type GraftError, type Mistake, mistakes } from '../../GraftError.js'
import type { Batch, Data } from '../../io/index.js'
import { diverged, settingError, weightsError } from '../LearnError.js'

/** Index of the first value that is not finite; −1: all are finite. */
const firstNotFinite = (values: ArrayLike<number>): number => {
  // the sum of finite numbers may overflow, so each is checked
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i]!)) return i
  return -1
}

/** Which arrays of a state a rule applies to, and the error for values that are not finite. */
interface Rule {
  readonly applies: (path: string) => boolean
  readonly holds: (value: number) => boolean
  readonly expected: string
  readonly hint: string
}

const rules: ReadonlyArray<Rule> = [
  {
    applies: () => true,
    holds: Number.isFinite,
    expected: 'finite weights',
    hint: 'use weights from before the training diverged, or train again with a lower rate'
  },
  {
    // a batch norm divides by its square root
    applies: (path) => /(^|\.)running_var$/.test(path),
    holds: (value) => value >= 0,
    expected: 'variances of at least 0',
    hint: 'the file is damaged, or its keys are mixed up: use the original file'
  }
]

/** The first rule that an array of weights violates, if any. */
const mistakeOf = (name: string, path: string, values: Float32Array): ReadonlyArray<Mistake> => {
  for (const { applies, holds, expected, hint } of rules) {
    const at = applies(path) ? values.findIndex((value) => !holds(value)) : -1
    if (at === -1) continue
    const count = values.reduce((n, value) => n + (holds(value) ? 0 : 1), 0)
    return [weightsError(name, expected, `${values[at]} in ${count} of ${values.length} values`, hint)]
  }
  return []
}

/** Every array of weights with invalid values. `nameOf` gives the key to show in errors. */
export const weightsMistakes = (state: StateDict, nameOf = (path: string): string => path): ReadonlyArray<Mistake> =>
  [...state].flatMap(([path, values]) => mistakeOf(nameOf(path), path, values))

/** Checks that weights have no invalid values. */
export const finiteWeights =
  (what: string) =>
  (state: StateDict): E.Either<GraftError, StateDict> => {
    const wrong = weightsMistakes(state)
    return RA.isNonEmpty(wrong) ? E.left(mistakes(what, wrong)) : E.right(state)
  }

/** A coordinate of a missing point is NaN. */
const isCoordinate = (value: number): boolean => Number.isFinite(value) || Number.isNaN(value)

const targetMistake =
  (root: string, task: Task) =>
  ({ file, target }: DataItem): ReadonlyArray<Mistake> => {
    const numbers = typeof target === 'number' ? [target] : target
    // checked as float32, as the engine will hold it: 1e39 is finite in JavaScript and infinite in float32
    const held = Float32Array.from(numbers)
    const at = task._tag === 'Points' ? held.findIndex((value) => !isCoordinate(value)) : firstNotFinite(held)
    return at === -1
      ? []
      : [
          settingError(
            join(root, file),
            'a target that is finite in float32',
            String(numbers[at]),
            'correct the label, or leave the image out'
          )
        ]
  }

/** Every training and validation target that is not finite. */
export const targetMistakes = ({ root, task, train, valid }: Data): ReadonlyArray<Mistake> =>
  [...train.items, ...valid.items].flatMap(targetMistake(root, task))

const lost = (path: string, what: string, found: number | undefined): GraftError =>
  diverged(
    path,
    what,
    String(found),
    'use weights from before it diverged, or train again with a lower rate or with gradient clipping'
  )

/**
 * Checks a network's raw outputs, with a row for each image; the error names the first image with outputs that are not
 * finite.
 */
export const finiteOutputs =
  (images: ReadonlyArray<string>) =>
  (outputs: Float32Array): E.Either<GraftError, Float32Array> => {
    const at = firstNotFinite(outputs)
    if (at === -1) return E.right(outputs)
    const image = images[Math.floor(at / (outputs.length / images.length))] ?? 'image'
    return E.left(lost(image, 'finite outputs of the network', outputs[at]))
  }

/** Checks outputs, the losses of images and their mean. `where` names the evaluation. */
export const finiteEvaluation =
  (where: string, { files }: Batch) =>
  (result: Evaluation): E.Either<GraftError, Evaluation> => {
    const named = files.map((file) => `${where}: ${file}`)
    const at = firstNotFinite(result.losses)
    return pipe(
      finiteOutputs(named)(result.outputs),
      E.chain(() =>
        at !== -1
          ? E.left(lost(named[at] ?? where, 'a finite loss', result.losses[at]))
          : Number.isFinite(result.loss)
            ? E.right(result)
            : E.left(lost(`${where}: ${files.join(', ')}`, 'a finite mean of the losses', result.loss))
      )
    )
  }

/** Why a training batch has a loss that is not finite, if the batch itself is the reason. */
export const batchMistake = ({ x, y, n, files, frames }: Batch): GraftError | null => {
  const named = (at: number, values: ArrayLike<number>): string =>
    files[Math.floor(at / (values.length / n))] ?? 'an image'
  const target = frames === undefined ? firstNotFinite(y) : y.findIndex((value) => !isCoordinate(value))
  const pixel = firstNotFinite(x)
  if (target !== -1)
    return diverged(named(target, y), 'a finite target', String(y[target]), 'correct the label, or leave the image out')
  return pixel === -1
    ? null
    : diverged(named(pixel, x), 'finite pixels', String(x[pixel]), 'fix the image, or its normalisation')
}
