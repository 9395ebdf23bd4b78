/**
 * Plans what is named on the command line: an architecture, a model as JSON, or a trained model. No engine is loaded.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { classification } from '../../data/index.js'
import { modelOf as resolvedNetwork } from '../../format/index.js'
import { type GraftError, mistakes } from '../../GraftError.js'
import { nodeFiles } from '../../io/index.js'
import { readSaved, settingError } from '../../learn/index.js'
import type { Arch, Model } from '../../model/index.js'
import { plan, type Plan, type PlanFor } from '../../plan/index.js'
import type { Loss } from '../../recipe/index.js'
import { refuseUnused } from '../flags/flags.js'
import { archsWith, isFolder, modelFile, namedArch } from './named.js'

/** What to plan, and for which images and classes. */
export interface Wanted {
  /** A module with an architecture, for a model as JSON. */
  readonly module: string | null
  readonly size: number | undefined
  /** Number of classes of an architecture's head, or of a model as JSON; default 2. */
  readonly classes: number | undefined
  /** The given flags that apply only to an architecture. */
  readonly ofArchs: Readonly<Record<string, string | boolean | undefined>>
  /** The model made of an architecture, and its task. */
  readonly grafted: (arch: Arch) => { readonly model: Arch | Model; readonly task: PlanFor['task'] }
}

/** A plan, and the architecture it was made from, if known. */
export interface Planned {
  readonly plan: Plan
  /** The loss of a trained model, if known. */
  readonly loss: Loss | null
  readonly arch: Arch | null
}

/** The given number of classes, without names. */
export const unnamed = (count: number): ReadonlyArray<string> => Array.from({ length: count }, (_, i) => `class ${i}`)

const planned = (what: string, to: PlanFor, model: Arch | Model, arch: Arch | null): E.Either<GraftError, Planned> =>
  pipe(
    plan(to)(model),
    E.bimap(
      (errors) => mistakes(what, errors),
      (p) => ({ plan: p, arch, loss: null })
    )
  )

const sizeOf = (arch: Arch, size: number | undefined): readonly [number, number, number] => {
  const side = size ?? arch.input.size
  return [arch.input.channels, side, side]
}

const ofSaved = (file: string, { size, classes, ofArchs }: Wanted): TE.TaskEither<GraftError, Planned> =>
  pipe(
    TE.fromEither(refuseUnused('a trained model', { ...ofArchs, '--classes': classes?.toString() })),
    TE.chain(() => readSaved(file)({ files: nodeFiles })),
    TE.chainEitherK(({ model }) => {
      const { size: own } = model.preprocessing
      const [height, width] = size !== undefined ? [size, size] : typeof own === 'number' ? [own, own] : own
      const to = { input: [model.input.channels, height, width], task: model.task }
      // its weights are in the file, whatever it started from
      return pipe(
        planned(file, to, resolvedNetwork(model), null),
        E.map(({ plan: p, arch }) => ({ plan: { ...p, warnings: [] }, arch, loss: model.loss.loss }))
      )
    })
  )

const ofFile = (file: string, { module, classes = 2, size, ofArchs }: Wanted): TE.TaskEither<GraftError, Planned> =>
  pipe(
    TE.fromEither(refuseUnused('a model as JSON', ofArchs)),
    TE.chain(() => archsWith(module)),
    TE.chain((archs) => modelFile(file, archs)),
    TE.chainEitherK((model) => {
      const { arch } = model.body
      return planned(file, { input: sizeOf(arch, size), task: classification(unnamed(classes)) }, model, arch)
    })
  )

const ofArch = (name: string, { grafted, size }: Wanted): TE.TaskEither<GraftError, Planned> =>
  pipe(
    namedArch(name),
    TE.chainEitherK((arch) => {
      const { model, task } = grafted(arch)
      return planned(name, { input: sizeOf(arch, size), ...(task === undefined ? {} : { task }) }, model, arch)
    })
  )

/** The plan of an argument or of the module; resnet18 by default. */
export const planOf = (given: string | undefined, wanted: Wanted): TE.TaskEither<GraftError, Planned> => {
  const what = given ?? wanted.module ?? 'resnet18'
  if (/\.json$/i.test(what)) return ofFile(what, wanted)
  if (wanted.module !== null && given !== undefined)
    return TE.left(settingError('--arch', 'a MODEL.json, or no MODEL', what, 'leave one of the two out'))
  return isFolder(what) || /\.safetensors$/i.test(what) ? ofSaved(what, wanted) : ofArch(what, wanted)
}
