/**
 * What a file that graft has saved says of its own weights, where nothing but its weights is asked for.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RNEA from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import type { Stats, Task } from '../../data/index.js'
import { decodeResolvedModel, parseJson, type StoredStateDicts } from '../../format/index.js'

/** What graft trained. */
export interface Trained {
  readonly arch: string
  readonly task: Task
  readonly stats: Stats | null
}

/** Null: the file is none that graft has saved, or says nothing that this version understands. */
export const trainedBy = ([{ metadata }]: StoredStateDicts): Trained | null => {
  const text = metadata['graft']
  if (text === undefined) return null
  return pipe(
    parseJson(text),
    E.chain((json) =>
      decodeResolvedModel(typeof json === 'object' && json !== null && 'model' in json ? json['model'] : null)
    ),
    E.match(
      () => null,
      ({ model: { arch, task, preprocessing } }) => ({ arch, task, stats: preprocessing.stats })
    )
  )
}

/** Keys of the optimiser's arrays in a saved file, beside the parameters' own. */
export const optimiserPrefix = 'optimiser:'

/** Keys of parameters and buffers that watchers of a training step have kept. */
export const keptPrefix = 'kept:'

/** The network's numbers alone. */
export const withoutTraining = (dicts: StoredStateDicts): StoredStateDicts =>
  RNEA.map((dict: StoredStateDicts[0]) => ({
    ...dict,
    tensors: new Map(
      [...dict.tensors].filter(([key]) => !key.startsWith(optimiserPrefix) && !key.startsWith(keptPrefix))
    )
  }))(dicts)
