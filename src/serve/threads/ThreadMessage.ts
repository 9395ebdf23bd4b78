/** The messages between a server and its prediction threads, as values that can be cloned. */
import type * as E from 'fp-ts/lib/Either.js'
import type { Task } from '../../data/index.js'
import type { EngineName } from '../../engine/index.js'
import type { GraftError } from '../../GraftError.js'
import type { Prediction } from '../../learn/index.js'

/** What a thread is started with. */
export interface ThreadSettings {
  readonly engine: EngineName | undefined
  readonly threads: number
  readonly maxPixels: number
  /** Networks are compiled for batches of this size too. */
  readonly maxBatch: number
}

/** A model by its name, and its file or folder. */
export interface NamedModel {
  readonly name: string
  readonly path: string
}

/** A model that was loaded. */
export interface ServedModel {
  readonly name: string
  readonly architecture: string
  readonly task: Task
  /** Size of the network's input, in pixels. */
  readonly input: { readonly height: number; readonly width: number }
}

/** What is asked about images. One batch asks one thing of one model. */
export type Question =
  /** Classes, numbers, points; a mask or an image as a PNG. */
  | { readonly _tag: 'Predict' }
  /** The body's pooled features. */
  | { readonly _tag: 'Embed' }
  /** A PNG: the heat map of a class (default: the most probable one), or an overlaid mask. */
  | { readonly _tag: 'Explain'; readonly class: string | null }

export type Answer =
  | { readonly _tag: 'Predicted'; readonly prediction: Prediction }
  /** A mask or an output image, and the number of pixels of each class of a mask. */
  | { readonly _tag: 'Drawn'; readonly png: Uint8Array; readonly pixels: ReadonlyArray<number> | null }
  | { readonly _tag: 'Embedded'; readonly features: ReadonlyArray<number> }
  | { readonly _tag: 'Explained'; readonly png: Uint8Array; readonly class: string | null }

/** The answer for each image, or why it has none. */
export type Answers = ReadonlyArray<E.Either<GraftError, Answer>>

/** A generation is a set of models that were loaded together. */
export type ToThread =
  | { readonly _tag: 'Load'; readonly generation: number; readonly models: ReadonlyArray<NamedModel> }
  | { readonly _tag: 'Release'; readonly generation: number }
  | {
      readonly _tag: 'Ask'
      readonly call: number
      readonly generation: number
      readonly model: string
      readonly question: Question
      readonly images: ReadonlyArray<Uint8Array>
    }
  | { readonly _tag: 'Close' }

export type FromThread =
  | { readonly _tag: 'Warning'; readonly message: string }
  /** The environment could not be acquired: there will be no other message. */
  | { readonly _tag: 'Failed'; readonly error: GraftError }
  | {
      readonly _tag: 'Loaded'
      readonly generation: number
      readonly models: E.Either<GraftError, ReadonlyArray<ServedModel>>
    }
  | { readonly _tag: 'Answered'; readonly call: number; readonly answers: E.Either<GraftError, Answers> }
