/**
 * `RunDescription`: everything that determines a run, as values and as the JSON of `graft.json`.
 *
 * @since 0.1.0
 */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { BatchView, ClassWeights, DataSpec } from '../../data/index.js'
import { type ConvCosts, type EngineName, engineNames } from '../../engine/index.js'
import {
  batchViewFrom,
  batchViewSchema,
  batchViewTo,
  classWeightsSchema,
  dataSchema,
  decodeData,
  decodeLoss,
  decodeMetric,
  decodeModel,
  decodeOptimiser,
  decodeRecipe,
  decodeWith,
  encodeData,
  encodeLoss,
  encodeMetric,
  encodeModel,
  encodeOptimiser,
  encodeRecipe,
  type FormatErrors,
  lossSchema,
  makeSchema,
  metricSchema,
  modelSchema,
  optimiserSchema,
  recipeSchema
} from '../../format/index.js'
import type { GraftError } from '../../GraftError.js'
import type { Metric } from '../../interpret/index.js'
import type { Arch, Model } from '../../model/index.js'
import type { Loss, Optimiser, Recipe } from '../../recipe/index.js'
import type { Seed } from '../../Seed.js'
import { version } from '../../version.js'
import { mistakesIn } from '../inFile.js'
import type { FeatureCaching } from '../learner/FeatureCaching.js'
import { savedError } from '../LearnError.js'

// -------------------------------------------------------------------------------------
// model
// -------------------------------------------------------------------------------------

/**
 * Everything that determines a run, as values.
 *
 * @category runs
 * @since 0.1.0
 */
export interface RunDescription {
  readonly data: DataSpec
  readonly model: Model
  /** Where a user-defined architecture is: `file#export`; null: in the catalogue. */
  readonly archModule: string | null
  readonly recipe: Recipe.Recipe
  /** Default: those of the task, `defaultMetrics`. */
  readonly metrics?: ReadonlyArray<Metric>
  /** Default: the task's, `defaultLoss`. */
  readonly loss?: Loss
  /** Weights of classes in the loss; rules are applied to the training images. Default: none. */
  readonly classWeights?: ClassWeights
  /** Default: `adamW()`. */
  readonly opt?: Optimiser
  /** Maximum global norm of the gradients; default: no clipping. */
  readonly clip?: number
  /** Views of training batches; default: none. */
  readonly batchViews?: ReadonlyArray<BatchView>
  /** Default: false, as in descriptions written before there was a choice. */
  readonly cacheFeatures?: FeatureCaching
  readonly seed: Seed
  readonly wd: number
  readonly engine: EngineName
  /** Null: the number of physical cores. */
  readonly threads: number | null
  /** The measured costs by which the engine chooses convolution algorithms; default: the built-in ones. */
  readonly costs?: ConvCosts
}

/**
 * A run: its directory, and its description.
 *
 * @category runs
 * @since 0.1.0
 */
export interface Run {
  readonly directory: string
  /** A hash of the description (SHA-256, hexadecimal); runs with the same id are the same run. */
  readonly id: string
  readonly description: RunDescription
}

/**
 * The paths of a run's files.
 *
 * @example
 * import { runFiles } from 'graft-vision/node'
 * import { join } from 'node:path'
 *
 * assert.strictEqual(runFiles('out').model, join('out', 'model.safetensors'))
 *
 * @category runs
 * @since 0.1.0
 */
export const runFiles = (directory: string) =>
  ({
    description: join(directory, 'graft.json'),
    checkpoint: join(directory, 'checkpoint.safetensors'),
    history: join(directory, 'history.csv'),
    model: join(directory, 'model.safetensors')
  }) as const

// -------------------------------------------------------------------------------------
// the description as JSON
// -------------------------------------------------------------------------------------

const costsSchema = makeSchema((g) => {
  const cost = g.object({ ms: g.number, perGflop: g.number, perGbyte: g.number }, {})
  const form = g.object({ forward: cost, input: cost, training: cost }, {})
  return g.object(
    {
      direct: form,
      fewChannels: form,
      blocked: form,
      winograd2: form,
      winograd4: form,
      public: g.object({ forward: cost }, {})
    },
    {}
  )
})

const schemaOf = (archs: ReadonlyArray<Arch>) =>
  makeSchema((g) =>
    g.object(
      {
        graft: g.literal(1),
        id: g.string,
        version: g.string,
        data: dataSchema(g),
        model: modelSchema(archs)(g),
        recipe: recipeSchema(g),
        seed: g.whole(0),
        wd: g.number,
        engine: g.literal(...(engineNames as [EngineName, ...ReadonlyArray<EngineName>]))
      },
      {
        archModule: g.string,
        threads: g.whole(1),
        costs: costsSchema(g),
        metrics: g.list(metricSchema(g)),
        loss: lossSchema(g),
        classWeights: classWeightsSchema(g),
        opt: optimiserSchema(g),
        clip: g.number,
        batchViews: g.list(batchViewSchema(g)),
        cacheFeatures: g.union(g.literal('auto', false), g.object({ maxBytes: g.number }, {}))
      }
    )
  )

const ifGiven =
  <A, B>(f: (a: A) => E.Either<FormatErrors, B>) =>
  (a: A | undefined): E.Either<FormatErrors, B | undefined> =>
    a === undefined ? E.right(undefined) : f(a)

export const descriptionJson = (d: RunDescription): E.Either<FormatErrors, object> =>
  pipe(
    E.Do,
    E.bind('data', () => encodeData(d.data)),
    E.bind('model', () => encodeModel(d.model)),
    E.bind('recipe', () => encodeRecipe(d.recipe)),
    E.bind('metrics', () => E.traverseArray(encodeMetric)(d.metrics ?? [])),
    E.bind('loss', () => ifGiven(encodeLoss)(d.loss)),
    E.bind('opt', () => ifGiven(encodeOptimiser)(d.opt)),
    E.map(({ metrics, loss, opt, ...parts }) => ({
      ...parts,
      ...(d.metrics === undefined ? {} : { metrics }),
      ...(loss === undefined ? {} : { loss }),
      ...(d.classWeights === undefined ? {} : { classWeights: d.classWeights }),
      ...(opt === undefined ? {} : { opt }),
      ...(d.clip === undefined ? {} : { clip: d.clip }),
      ...(d.batchViews === undefined ? {} : { batchViews: d.batchViews.map(batchViewTo) }),
      ...(d.cacheFeatures === undefined ? {} : { cacheFeatures: d.cacheFeatures }),
      ...(d.archModule === null ? {} : { archModule: d.archModule }),
      seed: d.seed,
      wd: d.wd,
      engine: d.engine,
      ...(d.threads === null ? {} : { threads: d.threads }),
      ...(d.costs === undefined ? {} : { costs: d.costs })
    }))
  )

export const idOf = (json: object): string => createHash('sha256').update(JSON.stringify(json)).digest('hex')

export const named = (file: string): (<A>(result: E.Either<FormatErrors, A>) => E.Either<GraftError, A>) =>
  E.mapLeft((errors) => mistakesIn(file, errors))

export const archModuleIn = (json: unknown): string | null =>
  typeof json === 'object' && json !== null && 'archModule' in json && typeof json.archModule === 'string'
    ? json.archModule
    : null

export const runFrom =
  (directory: string, archs: ReadonlyArray<Arch>) =>
  (json: unknown): E.Either<GraftError, Run> => {
    const file = runFiles(directory).description
    return pipe(
      decodeWith(schemaOf(archs))(json),
      E.bindTo('read'),
      E.bind('data', ({ read }) => decodeData(read.data)),
      E.bind('model', ({ read }) => decodeModel(archs)(read.model)),
      E.bind('recipe', ({ read }) => decodeRecipe(read.recipe)),
      E.bind('named', ({ read }) => E.traverseArray(decodeMetric)(read.metrics ?? [])),
      E.bind('loss', ({ read }) => ifGiven(decodeLoss)(read.loss)),
      E.bind('opt', ({ read }) => ifGiven(decodeOptimiser)(read.opt)),
      E.bind('again', ({ read, data, model, recipe, named: all, loss, opt }) => {
        const { archModule = null, threads = null, seed, wd, engine } = read
        const description: RunDescription = {
          ...{ data, model, recipe, archModule, threads, seed, wd, engine },
          ...(read.metrics === undefined ? {} : { metrics: all }),
          ...(loss === undefined ? {} : { loss }),
          ...(read.classWeights === undefined ? {} : { classWeights: read.classWeights }),
          ...(opt === undefined ? {} : { opt }),
          ...(read.clip === undefined ? {} : { clip: read.clip }),
          ...(read.batchViews === undefined ? {} : { batchViews: read.batchViews.map(batchViewFrom) }),
          ...(read.cacheFeatures === undefined ? {} : { cacheFeatures: read.cacheFeatures }),
          ...(read.costs === undefined ? {} : { costs: read.costs })
        }
        return E.map((again: object) => ({ description, id: idOf(again) }))(descriptionJson(description))
      }),
      named(file),
      E.filterOrElse(
        ({ read, again }) => read.id === again.id,
        (): GraftError =>
          savedError(
            file,
            'the description that the run began with',
            'a changed one',
            'undo the change, or train again'
          )
      ),
      E.map(({ again }) => ({ directory, ...again }))
    )
  }

/** The run of a description, which need not be begun. */
export const describeRun = (directory: string, description: RunDescription): E.Either<GraftError, Run> =>
  E.map(({ run }: { readonly run: Run }) => run)(describedRun(directory, description))

/** The run of a description, and the text of its `graft.json`. */
export const describedRun = (
  directory: string,
  description: RunDescription
): E.Either<GraftError, { readonly run: Run; readonly text: string }> =>
  pipe(
    descriptionJson(description),
    named('the run to describe'),
    E.map((json) => {
      const id = idOf(json)
      const text = `${JSON.stringify({ graft: 1, id, version, ...json }, null, 2)}\n`
      return { run: { directory, id, description }, text }
    })
  )
