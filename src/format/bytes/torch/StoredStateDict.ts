/**
 * `StoredStateDict`: one state dict of a file, and its key in the file.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { ReadonlyNonEmptyArray } from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import { badValue, type FormatError, type FormatErrors, refusedPickle } from '../../FormatError.js'
import type { StoredTensor } from '../StoredTensor.js'
import { isA, type Pickled, type PickledName, type Placeholder, showPickled } from './Pickled.js'
import { stateDictsIn, within } from './stateDict.js'
import { type Kept, tensorReader } from './tensors.js'

/**
 * One state dict of a file.
 *
 * @category bytes
 * @since 0.1.0
 */
export interface StoredStateDict {
  /** Its key in the file: `state_dict`, `model.ema`; '' is the root. */
  readonly at: string
  readonly tensors: ReadonlyMap<string, StoredTensor>
  /** Short descriptions of values that are not tensors. */
  readonly others: ReadonlyMap<string, string>
  /** Metadata of a safetensors file; empty for torch's. */
  readonly metadata: Readonly<Record<string, string>>
}

/**
 * The state dicts of a file, at least one.
 *
 * @category bytes
 * @since 0.1.0
 */
export type StoredStateDicts = ReadonlyNonEmptyArray<StoredStateDict>

/** The error for a pickle that contains an object instead of tensors. */
export const refused = ({ name }: Placeholder | PickledName): FormatError =>
  refusedPickle(
    name,
    'tensors, and the dicts and lists that hold them',
    `an object of ${name}, of which nothing is made or run`,
    'if you trust the file, write its state dict: torch.save(model.state_dict(), FILE)'
  )

const none = (saved: Pickled): FormatErrors => {
  const unknown = [saved, ...within(saved).map(([, value]) => value)].find(
    (value): value is Placeholder | PickledName => isA('Placeholder')(value) || isA('Name')(value)
  )
  return unknown !== undefined
    ? [refused(unknown)]
    : [
        badValue(
          'state dict',
          'a dict of tensors',
          showPickled(saved),
          'save one: torch.save(model.state_dict(), FILE)'
        )
      ]
}

/** The state dicts of a saved object; `available`, the file's size, limits the values of all together. */
export const storedDicts = (
  saved: Pickled,
  kept: Kept,
  available: number
): E.Either<FormatErrors, StoredStateDicts> => {
  const [first, ...rest] = stateDictsIn(saved)
  if (first === undefined) return E.left(none(saved))
  const read = tensorReader(kept, available)
  const storedDict = ({ at, views, others }: typeof first): E.Either<FormatErrors, StoredStateDict> =>
    pipe(
      read(views),
      E.map((tensors) => ({ at, tensors, others, metadata: {} }))
    )
  return pipe(
    E.Do,
    E.bind('head', () => storedDict(first)),
    E.bind('tail', () => E.traverseArray(storedDict)(rest)),
    E.map(({ head, tail }) => [head, ...tail])
  )
}

/** Usual keys of a network in checkpoints, the most common first. */
const usual: ReadonlyArray<string> = ['state_dict', 'model_state_dict', 'model', 'net', 'module']

const rank = ({ at }: StoredStateDict): number => {
  const words = at.split('.')
  return words.every((word) => usual.includes(word))
    ? Math.min(...words.map((word) => usual.indexOf(word)))
    : usual.length
}

/** The most likely state dict of a file: under a usual key, else the root, else the largest. */
export const likeliest = (dicts: StoredStateDicts): StoredStateDict =>
  dicts.toSorted(
    (a, b) =>
      rank(a) - rank(b) ||
      Number(b.at === '') - Number(a.at === '') ||
      b.tensors.size - a.tensors.size ||
      b.at.length - a.at.length
  )[0]!
