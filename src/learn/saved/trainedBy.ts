/** What a file saved by graft says about its weights, for callers that only read weights. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RNEA from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import type { Stats, Task } from '../../data/index.js'
import { decodeResolvedModel, parseJson, type StoredStateDicts } from '../../format/index.js'

/** A description of weights trained by graft. */
export interface Trained {
  readonly arch: string
  readonly task: Task
  readonly stats: Stats | null
}

/** Null: graft did not save the file, or this version cannot read it. */
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

/** Prefix of the optimiser's arrays in a saved file. */
export const optimiserPrefix = 'optimiser:'

/** Prefix of parameters and buffers kept by watchers. */
export const keptPrefix = 'kept:'

/** Prefix of gradients accumulated over batches. */
export const accumulatedPrefix = 'accumulated:'

/** Prefix of averaged parameters and buffers. */
export const averagePrefix = 'average:'

const ofTraining = [optimiserPrefix, keptPrefix, accumulatedPrefix, averagePrefix]

/** The network's parameters and buffers alone. */
export const withoutTraining = (dicts: StoredStateDicts): StoredStateDicts =>
  RNEA.map((dict: StoredStateDicts[0]) => ({
    ...dict,
    tensors: new Map([...dict.tensors].filter(([key]) => !ofTraining.some((prefix) => key.startsWith(prefix))))
  }))(dicts)
