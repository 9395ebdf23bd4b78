/** `job.json`, which the Python program reads. `docs/decisions/026-a-job-is-a-folder.md` describes it. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import { decodingOf, resizeOf } from '../../data/index.js'
import { encodeResolvedModel, type FormatErrors } from '../../format/index.js'
import type { Freeze } from '../../model/index.js'
import { type Plan, type PlanError, refrozen } from '../../plan/index.js'
import type { Recipe, RecipeError } from '../../recipe/index.js'
import { version } from '../../version.js'
import type { JobError } from './JobError.js'
import { freezeTo, jobRecipe } from './jobRecipe.js'
import type { JobData, JobTraining, TorchInput } from './TorchInput.js'

/** The trainable parameters under each freeze of a job: the initial one, and those that its recipe sets. */
const freezes = (plan: Plan, recipe: Recipe.Recipe): E.Either<PlanError, ReadonlyArray<object>> => {
  const all: ReadonlyArray<readonly [path: string, freeze: Freeze]> = [
    ['freeze', plan.freeze],
    ...recipe.flatMap((step, i) => (step._tag === 'SetFreeze' ? [[`recipe[${i}]`, step.freeze] as const] : []))
  ]
  const firsts = all.filter(([, freeze], i) => all.findIndex((one) => freezeTo(one[1]) === freezeTo(freeze)) === i)
  return E.traverseArray(([path, freeze]: readonly [string, Freeze]) =>
    pipe(
      refrozen(freeze, path)(plan),
      E.map(({ parameters, layers }) => ({
        freeze: freezeTo(freeze),
        trainable: parameters.filter((p) => p.trainable).map((p) => p.path),
        stored: layers.filter(({ batchNorm }) => batchNorm === 'stored').map(({ path: at }) => at)
      }))
    )
  )(firsts)
}

/** How images are read and batched, as in `job.json`. */
export const dataTo = ({ spec, task, shape: [, height, width], stats, legend, train, valid }: JobData): object => ({
  task,
  size: [height, width],
  /** False: images already have this size, and are not scaled. */
  sized: O.isSome(spec.size),
  resize: resizeOf(spec),
  /** False: after `setSize`, the method is chosen by the new size: squares are cropped, others squished. */
  resizeGiven: O.isSome(spec.resize),
  decoding: { ...decodingOf(spec), range: O.toNullable(spec.range) },
  stats,
  transforms: spec.transforms,
  bs: spec.bs,
  validBs: O.getOrElse(() => spec.bs)(spec.validBs),
  shuffle: spec.shuffle,
  dropLast: spec.dropLast,
  sampling: spec.sampling,
  seed: spec.seed,
  legend:
    legend === null
      ? null
      : { by: legend.by, mapped: legend.mapped, codes: legend.codes, classes: [...legend.classes] },
  train: train.length,
  valid: valid.length
})

const trainingTo = ({ loss, opt, metrics, batchViews, ...rest }: JobTraining): object => ({
  loss,
  optimiser: opt,
  metrics: metrics.map(({ name, made }) => ({ name, word: made?.word, options: made?.options })),
  batchViews,
  ...rest
})

export const jobJson = (
  input: TorchInput
): E.Either<FormatErrors | ReadonlyArray<PlanError | RecipeError | JobError>, object> =>
  pipe(
    E.Do,
    E.apS('network', encodeResolvedModel(version)(input.model)),
    E.apS('resized', E.traverseArray(encodeResolvedModel(version))(input.resized)),
    E.apSW('freezes', E.mapLeft((e: PlanError) => [e])(freezes(input.plan, input.recipe))),
    E.apSW('recipe', E.mapLeft((e: RecipeError | JobError) => [e])(jobRecipe(input.recipe, input.plan.groups))),
    E.map((parts) => ({
      format: 1,
      graft: version,
      network: parts.network,
      resized: parts.resized,
      groups: input.plan.groups,
      parameters: input.plan.parameters.map(({ path, shape, group, decays }) => ({ path, shape, group, decays })),
      buffers: input.plan.buffers.map(({ path, shape }) => ({ path, shape })),
      freeze: freezeTo(input.plan.freeze),
      freezes: parts.freezes,
      recipe: parts.recipe,
      training: trainingTo(input.training),
      data: dataTo(input.data),
      settings: input.settings,
      fingerprints: input.fingerprints
    }))
  )
