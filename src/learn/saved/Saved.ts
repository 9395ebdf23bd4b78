/**
 * Saved learners: a safetensors file with parameters, buffers and optimiser state; its header contains the resolved
 * model and the position in training.
 *
 * @since 0.1.0
 */
import { join } from 'node:path'
import { makeSchema, type ResolvedModel, type SchemaType } from '../../format/index.js'
import type { StateTensor } from '../weights/adaptation.js'
import type { Learner } from '../learner/Learner.js'
import type { Within } from '../loop/Within.js'

/**
 * A position in a recipe: the step, and the position within it (null: not begun).
 *
 * @category saving
 * @since 0.1.0
 */
export interface Cursor {
  readonly step: number
  readonly within: Within | null
  /** Hash of the recipe. */
  readonly recipe: string
  /** The hash of the measured costs by which the engine chose convolution algorithms; absent: the built-in ones. */
  readonly costs?: string
}

export const progressSchema = makeSchema((g) => {
  const numbers = g.list(g.number)
  // JSON has no NaN
  const measured = g.union(g.number, g.literal('NaN', 'Infinity', '-Infinity'))
  const row = g.object(
    {
      epoch: g.whole(0),
      trainLoss: measured,
      validLoss: g.union(measured, g.literal(null)),
      metrics: g.list(measured)
    },
    {}
  )
  const within = g.object(
    {
      epoch: g.whole(0),
      batch: g.whole(0),
      trained: g.whole(0),
      smoothed: g.object({ average: g.number, count: g.whole(0) }, {})
    },
    {
      // absent unless gradients are accumulated
      updates: g.whole(0),
      // the number of averaged parameters; absent: none
      averaged: g.whole(0),
      // absent for a step without watchers
      watched: g.object(
        {
          // JSON within JSON: a watcher's state may be anything
          states: g.list(g.string),
          rateScale: g.number,
          ended: g.boolean,
          kept: g.list(g.string)
        },
        {}
      )
    }
  )
  return g.object(
    {
      t: g.whole(0),
      mom: g.number,
      steps: g.whole(0),
      epochs: g.whole(0),
      freeze: g.union(g.literal('body'), g.whole(-Infinity)),
      data: g.string,
      settings: g.string,
      history: g.object({ losses: numbers, lrs: numbers, moms: numbers, rows: g.list(row) }, {})
    },
    {
      cursor: g.object({ step: g.whole(0), recipe: g.string }, { within, costs: g.string }),
      run: g.string,
      // the weight of accumulated gradients; absent: none
      accumulated: g.number,
      // PyTorch's scale of the loss with fp16; graft does not need it
      lossScale: g.object({ factor: g.number, good: g.whole(0) }, {}),
      // the hash of the files' contents, which is part of `data`, too
      contents: g.string
    }
  )
})

export type SavedProgress = SchemaType<typeof progressSchema>

/**
 * The content of a saved file.
 *
 * @category saving
 * @since 0.1.0
 */
export interface Saved {
  readonly model: ResolvedModel
  readonly progress: SavedProgress
  readonly tensors: ReadonlyMap<string, StateTensor>
}

/**
 * The file of `Recipe.save(name)`: `<path>/<modelDir>/<name>.safetensors`, with the learner's settings.
 *
 * @example
 * import { digits, squeezenet1_1 } from 'graft-vision'
 * import { cnnLearner, openData, savedFile, withNodeEnv } from 'graft-vision/node'
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
 * import { join } from 'node:path'
 *
 * const program = pipe(
 *   openData(digits({ n: 8 })),
 *   RTE.chainW((data) => cnnLearner(data, squeezenet1_1, { pretrained: false, path: 'runs' })),
 *   RTE.map((l) => savedFile(l, 'stage-1'))
 * )
 * const file = join('runs', 'models', 'stage-1.safetensors')
 * assert.deepStrictEqual(await withNodeEnv({ engine: 'cpu' })(program)(), E.right(file))
 *
 * @category saving
 * @since 0.1.0
 */
export const savedFile = (l: Learner, name: string): string =>
  join(l.settings.path, l.settings.modelDir, `${name}.safetensors`)
