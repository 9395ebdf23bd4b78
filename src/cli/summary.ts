/**
 * `graft summary`: what can be known of a model without running it. No engine is loaded.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { classification } from '../data/index.js'
import { modelOf as resolvedNetwork } from '../format/index.js'
import { type GraftError, mistakes } from '../GraftError.js'
import { nodeFiles } from '../io/index.js'
import { readSaved, settingError } from '../learn/index.js'
import { type Arch, cut, head, type Model, withHead } from '../model/index.js'
import { plan, type Plan, type PlanFor, summary, summaryOf } from '../plan/index.js'
import { exitCodes } from './exit.js'
import { readFlags, whole } from './flags.js'
import { archsWith, modelFile, namedArch } from './named.js'
import { savedModel } from './saved.js'
import type { Terminal } from './Terminal.js'

export interface SummaryFlags {
  readonly arch?: string
  readonly classes?: string
  readonly size?: string
  readonly json?: boolean
}

const planned =
  (what: string, to: PlanFor) =>
  (model: Arch | Model): E.Either<GraftError, Plan> =>
    pipe(
      plan(to)(model),
      E.mapLeft((errors) => mistakes(what, errors))
    )

const sizeOf = (arch: Arch, size: number | undefined): readonly [number, number, number] => {
  const side = size ?? arch.input.size
  return [arch.input.channels, side, side]
}

const named = (count: number) => classification(Array.from({ length: count }, (_, i) => `class ${i}`))

const ofSaved = (file: string, size: number | undefined): TE.TaskEither<GraftError, Plan> =>
  pipe(
    readSaved(file)({ files: nodeFiles }),
    TE.chainEitherK(({ model }) => {
      const { size: own } = model.preprocessing
      const [height, width] = size !== undefined ? [size, size] : typeof own === 'number' ? [own, own] : own
      return planned(file, { input: [model.input.channels, height, width], task: model.task })(resolvedNetwork(model))
    })
  )

const ofFile = (
  file: string,
  module: string | null,
  classes: number,
  size: number | undefined
): TE.TaskEither<GraftError, Plan> =>
  pipe(
    archsWith(module),
    TE.chain((archs) => modelFile(file, archs)),
    TE.chainEitherK((model) => planned(file, { input: sizeOf(model.body.arch, size), task: named(classes) })(model))
  )

const ofArch = (name: string, classes: number | undefined, size: number | undefined): TE.TaskEither<GraftError, Plan> =>
  pipe(
    namedArch(name),
    TE.chainEitherK((arch) =>
      classes === undefined
        ? planned(name, { input: sizeOf(arch, size) })(arch)
        : planned(name, { input: sizeOf(arch, size), task: named(classes) })(withHead(head())(cut(arch)))
    )
  )

const planOf = (
  given: string | undefined,
  flags: SummaryFlags,
  { classes, size }: { readonly classes: number | undefined; readonly size: number | undefined }
): TE.TaskEither<GraftError, Plan> => {
  const what = given ?? flags.arch ?? 'resnet18'
  if (/\.json$/i.test(what)) return ofFile(what, flags.arch ?? null, classes ?? 2, size)
  if (flags.arch !== undefined && given !== undefined)
    return TE.left(settingError('--arch', 'a MODEL.json beside it, or nothing', what, 'leave one of the two out'))
  const file = savedModel(what)
  return /\.safetensors$/i.test(file) ? ofSaved(file, size) : ofArch(what, classes, size)
}

/** `graft summary [MODEL]`: the exit code. */
export const summaryCommand =
  (what: string | undefined, flags: SummaryFlags) =>
  (terminal: Terminal): TE.TaskEither<GraftError, number> =>
    pipe(
      TE.fromEither(
        readFlags({
          classes: whole('--classes', 1, '2')(flags.classes),
          size: whole('--size', 1, '224')(flags.size)
        })
      ),
      TE.chain((values) => planOf(what, flags, values)),
      TE.map((p) => {
        terminal.result(flags.json === true ? JSON.stringify(summaryOf(p)) : summary(p))
        return exitCodes.done
      })
    )
