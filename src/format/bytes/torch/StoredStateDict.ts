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

/** Tensors of a kind that is not read, by what their pickle names. */
const tensorKinds: ReadonlyArray<readonly [name: RegExp, what: string, convert: string]> = [
  [/^torch\.Complex\w*Storage$/, 'complex numbers', 'v.real'],
  [/^torch\.Q\w*Storage$|^torch\._utils\._rebuild_qtensor$/, 'quantised numbers', 'v.dequantize()'],
  [/^torch\._utils\._rebuild_(sparse\w*|nested_tensor)$/, 'sparse or nested tensors', 'v.to_dense()'],
  [/^torch\._utils\._rebuild_meta_tensor_no_storage$/, 'tensors without values (the meta device)', 'v'],
  [/^torch\.(b?float|u?int|bits|complex)\w*$|^torch\._utils\._rebuild_tensor_v3$/, 'other numbers', 'v.float()']
]

/** The error for a pickle that contains an object instead of tensors, or tensors of another kind. */
export const refused = ({ name }: Unknown): FormatError => {
  const kind = tensorKinds.find(([pattern]) => pattern.test(name))
  return kind === undefined
    ? refusedPickle(
        name,
        'tensors, and the dicts and lists that hold them',
        `an object of ${name}, which is not constructed`,
        'if you trust the file, save its state dict: torch.save(model.state_dict(), FILE)'
      )
    : refusedPickle(
        'state dict',
        'tensors of float64, float32, float16, bfloat16, int8 to int64, uint8 or bool',
        `${kind[1]} (${name})`,
        `convert them, in Python: torch.save({k: ${kind[2]} for k, v in torch.load(FILE).items()}, NEW)`
      )
}

type Unknown = Placeholder | PickledName

const isUnknown = (value: Pickled): value is Unknown => isA('Placeholder')(value) || isA('Name')(value)

/** How deep checkpoints hold their state dicts. */
const deepest = 4

/** An object of an unknown class in place of tensors: a tensor of another kind if there is one, else the outermost. */
export const unknownIn = (saved: Pickled): Unknown | undefined => {
  const found: Array<Unknown> = []
  const seen = new Set<Pickled>()
  let level: ReadonlyArray<Pickled> = [saved]
  for (let depth = 0; depth <= deepest; depth++) {
    const fresh = level.filter((value) => typeof value === 'object' && value !== null && !seen.has(value))
    fresh.forEach((value) => seen.add(value))
    found.push(...fresh.filter(isUnknown))
    level = fresh.flatMap((value) => within(value).map(([, item]) => item))
  }
  return found.find(({ name }) => tensorKinds.some(([pattern]) => pattern.test(name))) ?? found[0]
}

const none = (saved: Pickled): FormatErrors => {
  const unknown = unknownIn(saved)
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
