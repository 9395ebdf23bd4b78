/** What a file saved by graft says about its weights, for callers that only read weights. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RNEA from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import type { Stats, Task } from '../../data/index.js'
import { decodeResolvedModel, decodeWith, parseJson, type StoredStateDicts } from '../../format/index.js'
import { progressSchema, type SavedProgress } from './Saved.js'

/** A description of weights trained by graft. */
export interface Trained {
  readonly arch: string
  readonly task: Task
  readonly stats: Stats | null
}

/** A member of what graft writes into a file's header; none: another program wrote the file. */
const said = ([{ metadata }]: StoredStateDicts, name: 'model' | 'progress'): unknown =>
  pipe(
    parseJson(metadata['graft'] ?? 'null'),
    E.match(
      () => null,
      (json) =>
        typeof json === 'object' && json !== null && name in json
          ? (json as Readonly<Record<string, unknown>>)[name]
          : null
    )
  )

/** Null: graft did not save the file, or this version cannot read it. */
export const trainedBy = (dicts: StoredStateDicts): Trained | null => {
  return pipe(
    decodeResolvedModel(said(dicts, 'model')),
    E.match(
      () => null,
      ({ model: { arch, task, preprocessing } }) => ({ arch, task, stats: preprocessing.stats })
    )
  )
}

/** Prefix of the optimiser's arrays in a saved file. */
export const optimiserPrefix = 'optimiser:'

/** Prefix of parameters and buffers kept by watchers. */
export const keptPrefix = 'kept:'

/** Prefix of gradients accumulated over batches. */
export const accumulatedPrefix = 'accumulated:'

/** Prefix of averaged parameters and buffers. */
export const averagePrefix = 'average:'

const ofTraining = [optimiserPrefix, keptPrefix, accumulatedPrefix, averagePrefix]

/** Watchers keep copies under their position and a name: `0:bestmodel`. */
const watcherOf = (name: string): number => Number(name.slice(0, name.indexOf(':')))

/**
 * The prefix of the parameters and buffers that a checkpoint's training step would end with, if they are not the
 * optimiser's own: the best ones of `saveBest`, or else the average of `ema` or `swa`. Of several watchers, the last one
 * restores last.
 */
const modelPrefix = ({ cursor }: Pick<SavedProgress, 'cursor'>): string | null => {
  const within = cursor?.within
  const [best] = [...(within?.watched?.kept ?? [])].sort((a, b) => watcherOf(b) - watcherOf(a))
  if (best !== undefined) return `${keptPrefix}${best}:`
  return within?.averaged === undefined ? null : averagePrefix
}

/** The network's parameters and buffers alone: those of `modelPrefix` in place of the optimiser's own. */
export const modelTensorsIn =
  (progress: Pick<SavedProgress, 'cursor'>) =>
  <A>(tensors: ReadonlyMap<string, A>): ReadonlyMap<string, A> => {
    const prefix = modelPrefix(progress)
    const own = [...tensors].filter(([key]) => !ofTraining.some((one) => key.startsWith(one)))
    const ended =
      prefix === null
        ? []
        : [...tensors].flatMap(([key, tensor]) =>
            key.startsWith(prefix) ? [[key.slice(prefix.length), tensor] as const] : []
          )
    return new Map([...own, ...ended])
  }

const noProgress: Pick<SavedProgress, 'cursor'> = {}

/** The network's parameters and buffers in a file that graft saved. */
export const modelDicts = (dicts: StoredStateDicts): StoredStateDicts => {
  const progress = E.getOrElseW(() => noProgress)(decodeWith(progressSchema)(said(dicts, 'progress')))
  return RNEA.map((dict: StoredStateDicts[0]) => ({ ...dict, tensors: modelTensorsIn(progress)(dict.tensors) }))(dicts)
}
