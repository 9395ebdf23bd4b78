/** `--from RUN`: starts training from a trained model: its architecture and head, its weights, and its image size. */
import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type DataSpec, withResize, withSize } from '../../data/index.js'
import type { ResolvedModel } from '../../format/index.js'
import type { GraftError } from '../../GraftError.js'
import { nodeIo } from '../../io/index.js'
import { readRun, readSaved, runFiles, settingError } from '../../learn/index.js'
import { cut, type Model, withHead, withWeights } from '../../model/index.js'
import { archsWith, fixedModel, fixedModule } from '../named/named.js'
import { frozenBy, headFor, type TrainFlags } from '../flags/TrainFlags.js'

/** The model that training starts from. */
export interface Start {
  readonly model: Model
  /** Where a user-defined architecture is; null: in the catalogue. */
  readonly archModule: string | null
  readonly data: DataSpec
}

type Described = Pick<Start, 'model' | 'archModule'>

/** The model of a run, from its description. */
const ofRun = (directory: string, { arch }: TrainFlags): TE.TaskEither<GraftError, Described> =>
  arch !== undefined
    ? TE.left(
        settingError(
          '--arch',
          'no --arch together with --from',
          arch,
          'leave it out: the run contains its architecture'
        )
      )
    : pipe(
        readRun(directory, archsWith)(nodeIo()),
        TE.map(({ description: { model, archModule } }) => ({ model, archModule }))
      )

/** An export, or a file: its architecture by name, with the head for the data. */
const ofSaved = (
  from: string,
  { arch: resolved }: ResolvedModel,
  flags: TrainFlags,
  data: DataSpec
): TE.TaskEither<GraftError, Described> => {
  const archModule = flags.arch === undefined ? null : fixedModule(flags.arch)
  return pipe(
    archsWith(archModule),
    TE.map((archs) => archs.find(({ name }) => name === resolved)),
    TE.filterOrElse(
      (found) => found !== undefined,
      (): GraftError =>
        settingError(
          '--from',
          'a model with an architecture of the catalogue',
          `${resolved} in ${from}`,
          'also pass its module: --arch ./mine.js#export'
        )
    ),
    TE.map((found) => ({ model: withHead(headFor(data))(cut(found)), archModule }))
  )
}

/** Resizes images to the model's size, unless another one is given. */
const sized =
  ({ preprocessing: { size, resize } }: ResolvedModel) =>
  (data: DataSpec): DataSpec =>
    O.isSome(data.size) ? data : withResize(resize)(withSize(size)(data))

export const startFrom = (from: string, flags: TrainFlags, data: DataSpec): TE.TaskEither<GraftError, Start> => {
  const io = nodeIo()
  return pipe(
    readSaved(from)(io),
    TE.bindTo('saved'),
    TE.bindW('isRun', () => io.files.exists(runFiles(from).description)),
    TE.bind('described', ({ saved, isRun }) => (isRun ? ofRun(from, flags) : ofSaved(from, saved.model, flags, data))),
    TE.map(({ saved, isRun, described: { model, archModule } }) => {
      const weighed = withWeights(isRun ? join(from, 'model.safetensors') : from)(model)
      return { model: fixedModel(frozenBy(flags)(weighed)), archModule, data: sized(saved.model)(data) }
    })
  )
}
