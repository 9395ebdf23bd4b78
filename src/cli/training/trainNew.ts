/**
 * `graft train DATA`: a new run.
 */
import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type DataSpec, withSize } from '../../data/index.js'
import { ownCosts } from '../../engine/index.js'
import type { GraftError } from '../../GraftError.js'
import { type Data, type DataEnv, openData } from '../../io/index.js'
import { beginRun, type GraftEnv, type Run, type RunDescription, withdrawRun, withoutRun } from '../../learn/index.js'
import { epochsOf, type Recipe } from '../../recipe/index.js'
import { viewsOf } from '../flags/augmentFlags.js'
import { given } from '../flags/flags.js'
import { fixedModule, isModule } from '../named/named.js'
import type { Watcher } from '../output/progress.js'
import { type Start, startFrom } from './startFrom.js'
import type { Terminal } from '../output/Terminal.js'
import {
  adjusted,
  modelOf,
  noteOfWeights,
  readTrainFlags,
  recipeOf,
  type TrainFlags,
  type TrainValues
} from '../flags/TrainFlags.js'
import { type Begun, beginning, type Ending, envOf, shownBy, trained, trainerOf } from './trainRun.js'

/** If images have different sizes, uses the architecture's size and says so. */
export const openSized = (
  spec: DataSpec,
  size: number,
  note: Watcher['note']
): RTE.ReaderTaskEither<DataEnv, GraftError, Data> =>
  pipe(
    openData(spec),
    RTE.orElse((error): RTE.ReaderTaskEither<DataEnv, GraftError, Data> => {
      if (error._tag !== 'MixedSizes') return RTE.left(error)
      note(`images of several sizes (${error.found}): each is resized to ${size} pixels; choose with --size`)
      return openData(withSize(size)(spec))
    })
  )

const two = (n: number): string => String(n).padStart(2, '0')

const timestamp = (t: Date): string =>
  `${t.getFullYear()}${two(t.getMonth() + 1)}${two(t.getDate())}-${two(t.getHours())}${two(t.getMinutes())}${two(t.getSeconds())}`

/** What is trained. */
export type Parts = Start & { readonly recipe: Recipe.Recipe }

/** Opens the data, makes the learner, and begins its run by `runOf`. */
export const begin = (
  flags: TrainFlags,
  n: TrainValues,
  parts: Parts,
  show: Watcher,
  directory: string,
  runOf: (description: RunDescription) => RTE.ReaderTaskEither<GraftEnv, GraftError, Run>
): RTE.ReaderTaskEither<GraftEnv, GraftError, Begun> => {
  const { arch } = parts.model.body
  const rest = {
    model: parts.model,
    recipe: parts.recipe,
    archModule: parts.archModule,
    ...given({ metrics: n.metrics, loss: n.loss, classWeights: n.classWeights, opt: n.opt, clip: n.clip }),
    ...given({ batchViews: viewsOf(n) }),
    cacheFeatures: n.cacheFeatures ?? ('auto' as const),
    seed: n.seed ?? 42,
    wd: n.wd ?? 0.01,
    threads: n.threads ?? null
  }
  const opened = openSized(parts.data, arch.input.size, show.note)
  const note = noteOfWeights(flags, parts.model)
  return pipe(
    RTE.fromIO(() => (note === undefined ? undefined : show.note(note))),
    RTE.chainW(() =>
      RTE.asks(({ engine: { name, costs } }: GraftEnv) => ({ engine: name, ...given({ costs: ownCosts(costs) }) }))
    ),
    RTE.chain((by) => beginning(directory, { ...rest, ...by }, opened, runOf))
  )
}

/** Begins a run in its directory. */
const beginIn = (
  flags: TrainFlags,
  n: TrainValues,
  parts: Parts,
  show: Watcher
): RTE.ReaderTaskEither<GraftEnv, GraftError, Begun> => {
  const force = flags.force === true
  const directory = flags.out ?? join('graft-out', `${parts.model.body.arch.name}-${timestamp(new Date())}`)
  return pipe(
    // checked before the data are opened, which may take long; beginRun checks again
    force ? RTE.right(undefined) : withoutRun(directory),
    RTE.chainW(() =>
      begin(flags, n, parts, show, directory, (description) => beginRun(directory, description, { force }))
    )
  )
}

const started = (flags: TrainFlags, data: DataSpec): TE.TaskEither<GraftError, Start> =>
  flags.from !== undefined
    ? startFrom(flags.from, flags, data)
    : pipe(
        modelOf(flags, data),
        TE.map((model) => ({
          model,
          archModule: flags.arch !== undefined && isModule(flags.arch) ? fixedModule(flags.arch) : null,
          data
        }))
      )

/** What the flags choose to train, with `recipe` or with the recipe of the flags. */
export const chosen = (
  described: TE.TaskEither<GraftError, DataSpec>,
  flags: TrainFlags,
  show: Watcher,
  recipe?: Recipe.Recipe
): TE.TaskEither<GraftError, { readonly n: TrainValues; readonly parts: Parts }> =>
  pipe(
    TE.fromEither(readTrainFlags(flags)),
    TE.bindTo('n'),
    TE.bind('data', ({ n }) => pipe(described, TE.chainEitherK(adjusted(flags, n)))),
    TE.bind('start', ({ data }) => started(flags, data)),
    TE.bind('steps', ({ n }) => (recipe === undefined ? recipeOf(flags, n) : TE.right(recipe))),
    TE.map(({ n, start, steps }) => {
      if (!steps.some((step) => epochsOf(step) > 0))
        show.note('warning: this recipe trains nothing: it has no step fit, fitOneCycle or fitSchedule')
      return { n, parts: { ...start, recipe: steps } }
    })
  )

/** Begins a run and trains it, with `recipe` or with the recipe of the flags. */
export const trainNew = (
  described: TE.TaskEither<GraftError, DataSpec>,
  flags: TrainFlags,
  terminal: Terminal,
  ending: Ending,
  recipe?: Recipe.Recipe
): TE.TaskEither<GraftError, number> => {
  const show = shownBy(flags, terminal)
  return pipe(
    chosen(described, flags, show, recipe),
    TE.chain(({ n, parts }) => {
      const env = envOf(flags, given({ engine: n.engine, threads: n.threads, workers: n.workers }))
      return trained(beginIn(flags, n, parts, show), env, trainerOf(flags, n, show), show, ending, withdrawRun)
    })
  )
}
