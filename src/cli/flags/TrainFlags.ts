/** The flags of `graft train`, and the data, model and recipe that they choose. */
import { resolve } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import * as NEA from 'fp-ts/lib/NonEmptyArray.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  cifarStats,
  type DataSpec,
  imagenetStats,
  mnistStats,
  normalise,
  normaliseForWeights,
  normaliseFromBatch,
  withBatchSize,
  withColour,
  withDataSeed,
  withExact,
  withExclude,
  withOrientation,
  withoutNormalisation,
  withRange,
  withResize,
  withSampling,
  withSize,
  withValidBatchSize,
  kindOfSource
} from '../../data/index.js'
import type { GraftError, Mistake } from '../../GraftError.js'
import { type FeatureCaching, optionErrors, settingError } from '../../learn/index.js'
import {
  batchNormPolicies,
  batchNormUnderFreeze,
  cut,
  freeze,
  freezeTo,
  fromScratch,
  type Head,
  head,
  type Model,
  pretrained,
  pretrainedAs,
  unet,
  unfreeze,
  withHead,
  withWeights
} from '../../model/index.js'
import { labelSmoothing, type Loss, type Recipe } from '../../recipe/index.js'
import {
  engineFlag,
  inRange,
  integer,
  lossFlag,
  metricsFlag,
  oneOf,
  optFlag,
  positive,
  rangeFlag,
  type Read,
  readFlags,
  whole
} from './flags.js'
import { augmented, type AugmentFlags, readAugmentFlags } from './augmentFlags.js'
import { dividedBy, type DivisionFlags, readDivisionFlags } from './holdoutFlag.js'
import { type ImbalanceFlags, readImbalanceFlags } from './imbalanceFlags.js'
import { archsWith, fixedModel, isModule, modelFile, namedRecipe, namedWithTag } from '../named/named.js'
import { flaggedRecipe, readRecipeFlags, type RecipeFlags, withStepFlags } from './recipeFlags.js'
import { readTorchFlags, type TorchFlags } from './torchFlags.js'
import { arrangedBy, readSourceFlags, type SourceFlags } from './sourceFlags.js'

/** The flags as typed. */
export interface TrainFlags extends SourceFlags, DivisionFlags, RecipeFlags, AugmentFlags, ImbalanceFlags, TorchFlags {
  readonly on?: string
  readonly arch?: string
  readonly model?: string
  readonly wd?: string
  readonly opt?: string
  readonly loss?: string
  readonly labelSmoothing?: string
  readonly clip?: string
  /** True or false without a limit. */
  readonly cacheFeatures?: string | boolean
  readonly bs?: string
  readonly validBs?: string
  readonly size?: string
  readonly resize?: string
  readonly exact?: boolean
  readonly orientation?: string
  readonly colour?: string
  readonly range?: string
  readonly exclude?: string
  readonly normalise?: string
  readonly metrics?: string
  readonly seed?: string
  readonly pretrained?: boolean
  readonly weights?: string
  readonly from?: string
  readonly freeze?: boolean
  readonly freezeTo?: string
  readonly batchNorm?: string
  readonly engine?: string
  readonly threads?: string
  readonly workers?: string
  readonly out?: string
  readonly force?: boolean
  readonly resume?: string
  readonly checkpointEvery?: string
  readonly tensorboard?: string
  readonly jsonl?: string
  readonly figures?: boolean
  readonly report?: boolean
  readonly watch?: string | true
  readonly quiet?: boolean
  readonly json?: boolean
}

const resizings = ['crop', 'pad', 'squish'] as const

const normalisations = ['weights', 'imagenet', 'cifar', 'mnist', 'batch', 'none'] as const

const smoothed = (eps: string): Read<Loss | undefined> =>
  pipe(
    inRange('--label-smoothing', [0, 1], '0.1')(eps),
    E.map((n) => (n === undefined ? undefined : labelSmoothing(n)))
  )

/** Checked before the data are opened. */
const withoutErrors = <A>(errors: ReadonlyArray<Mistake>, value: A): Read<A> =>
  RA.isNonEmpty(errors) ? E.left(NEA.fromReadonlyNonEmptyArray(errors)) : E.right(value)

const MiB = 2 ** 20

const cachingFlag = (flag: string | boolean | undefined): Read<FeatureCaching | undefined> =>
  typeof flag === 'string'
    ? pipe(
        positive('--cache-features', '4096')(flag),
        E.map((mib) => (mib === undefined ? undefined : { maxBytes: mib * MiB }))
      )
    : E.right(flag === true ? 'auto' : flag)

export const readTrainFlags = (flags: TrainFlags) =>
  readFlags({
    ...readRecipeFlags(flags),
    wd: inRange('--wd', [0, Infinity], '0.01')(flags.wd),
    opt: pipe(
      optFlag(flags.opt),
      E.chain((opt) => withoutErrors(optionErrors(opt, undefined), opt))
    ),
    loss: pipe(
      flags.labelSmoothing === undefined ? lossFlag(flags.loss) : smoothed(flags.labelSmoothing),
      E.chain((loss) => withoutErrors(optionErrors(undefined, loss), loss))
    ),
    clip: positive('--clip', '0.1')(flags.clip),
    cacheFeatures: cachingFlag(flags.cacheFeatures),
    bs: whole('--bs', 1, '64')(flags.bs),
    validBs: whole('--valid-bs', 1, '64')(flags.validBs),
    size: whole('--size', 1, '224')(flags.size),
    resize: oneOf('--resize', resizings)(flags.resize),
    exact: E.right(flags.exact),
    orientation: oneOf('--orientation', ['apply', 'ignore'])(flags.orientation),
    colour: oneOf('--colour', ['stored', 'convert'])(flags.colour),
    range: rangeFlag(flags.range),
    normalise: oneOf('--normalise', normalisations)(flags.normalise),
    ...readAugmentFlags(flags),
    ...readDivisionFlags(flags),
    metrics: metricsFlag(flags.metrics),
    ...readSourceFlags(flags),
    ...readImbalanceFlags(flags),
    batchNorm: oneOf('--batch-norm', batchNormPolicies)(flags.batchNorm),
    ...readTorchFlags(flags),
    on: oneOf('--on', ['torchrun'])(flags.on),
    freezeTo: integer('--freeze-to', '-1')(flags.freezeTo),
    seed: whole('--seed', 0, '42')(flags.seed),
    engine: engineFlag(flags.engine),
    threads: whole('--threads', 1, '2', 512)(flags.threads),
    workers: whole('--workers', 0, '2', 512)(flags.workers),
    checkpointEvery: whole('--checkpoint-every', 1, '100')(flags.checkpointEvery)
  })

/** The parsed flags. */
export type TrainValues = Extract<ReturnType<typeof readTrainFlags>, { readonly _tag: 'Right' }>['right']

// -------------------------------------------------------------------------------------
// the values that they choose
// -------------------------------------------------------------------------------------

/** The head for a data description: a U-Net for masks and target images, with outputs in [0, 1] for the latter. */
export const headFor = ({ source }: DataSpec): Head => {
  switch (kindOfSource(source).labels(source)) {
    case 'masks':
      return unet()
    case 'pictures':
      return unet({ yRange: [0, 1] })
    case 'values':
      return head()
  }
}

export const modelOf = (flags: TrainFlags, data: DataSpec): TE.TaskEither<GraftError, Model> => {
  const { arch = 'resnet18', model } = flags
  const chosen =
    model === undefined
      ? pipe(
          namedWithTag(arch),
          TE.filterOrElseW(
            ({ tag }) => tag === null || (flags.weights === undefined && flags.pretrained !== false),
            () =>
              settingError(
                '--arch',
                'no tag together with --weights or --no-pretrained',
                arch,
                'leave one of the two out'
              )
          ),
          TE.map(({ arch: a, tag }) => {
            const m = withHead(headFor(data))(cut(a))
            return tag === null ? m : pretrainedAs(tag)(m)
          })
        )
      : flags.arch === undefined || isModule(arch)
        ? pipe(
            archsWith(flags.arch === undefined ? null : arch),
            TE.chain((archs) => modelFile(model, archs))
          )
        : TE.left(
            settingError('--arch', 'the module of an architecture that --model names', arch, 'leave one of the two out')
          )
  return pipe(
    chosen,
    TE.map((m) => fixedModel(frozenBy(flags)(weighed(flags)(m))))
  )
}

/** A model given as JSON contains its weights and freeze; flags override them. */
const asWritten = ({ model }: TrainFlags): boolean => model !== undefined

const weighed =
  (flags: TrainFlags) =>
  (m: Model): Model => {
    if (flags.weights !== undefined) return withWeights(flags.weights)(m)
    const { arch, weights } = m.body
    if (flags.pretrained === false) return fromScratch(m)
    if (flags.pretrained === true) return weights._tag === 'Pretrained' ? m : pretrained(m)
    const its = asWritten(flags) || weights._tag !== 'FromScratch' || arch.published.length === 0
    return its ? m : pretrained(m)
  }

/** A model with the freeze and the batch-norm policy of the flags. */
export const frozenBy =
  (flags: TrainFlags) =>
  (m: Model): Model => {
    const policy = batchNormPolicies.find((one) => one === flags.batchNorm)
    const model = frozen(flags)(m)
    return policy === undefined ? model : batchNormUnderFreeze(policy)(model)
  }

/** Freezes all but the last group of a model with weights, as fastai does. */
const frozen =
  (flags: TrainFlags) =>
  (m: Model): Model => {
    if (flags.freezeTo !== undefined) return freezeTo(Number(flags.freezeTo))(m)
    if (flags.freeze !== undefined) return flags.freeze ? freeze(m) : unfreeze(m)
    return asWritten(flags) || m.body.weights._tag === 'FromScratch' ? m : freeze(m)
  }

/** The message about weights that were left out by default; undefined: none. */
export const noteOfWeights = (flags: TrainFlags, { body: { arch, weights } }: Model): string | undefined =>
  flags.pretrained === undefined && !asWritten(flags) && weights._tag === 'FromScratch'
    ? `${arch.name} has no published weights and starts from random ones; --weights FILE names others`
    : undefined

export const recipeOf = (flags: TrainFlags, n: TrainValues): TE.TaskEither<GraftError, Recipe.Recipe> =>
  pipe(
    flags.recipe === undefined ? TE.fromEither(flaggedRecipe(flags, n)) : namedRecipe(flags.recipe),
    TE.map(withStepFlags(flags, n))
  )

const normalised = (how: (typeof normalisations)[number]): ((spec: DataSpec) => DataSpec) => {
  switch (how) {
    case 'weights':
      return normaliseForWeights
    case 'imagenet':
      return normalise(imagenetStats)
    case 'cifar':
      return normalise(cifarStats)
    case 'mnist':
      return normalise(mnistStats)
    case 'batch':
      return normaliseFromBatch
    case 'none':
      return withoutNormalisation
  }
}

/** A description with the values of the flags. */
export const adjusted =
  (flags: TrainFlags, n: TrainValues) =>
  (spec: DataSpec): E.Either<GraftError, DataSpec> => {
    const changes = [
      ...(n.bs === undefined ? [] : [withBatchSize(n.bs)]),
      ...(n.validBs === undefined ? [] : [withValidBatchSize(n.validBs)]),
      ...(n.size === undefined ? [] : [withSize(n.size)]),
      ...(n.resize === undefined ? [] : [withResize(n.resize)]),
      ...(n.exact === undefined ? [] : [withExact(n.exact)]),
      ...(n.orientation === undefined ? [] : [withOrientation(n.orientation)]),
      ...(n.colour === undefined ? [] : [withColour(n.colour)]),
      ...(n.range === undefined ? [] : [withRange(n.range)]),
      ...(flags.exclude === undefined ? [] : [withExclude(resolve(flags.exclude))]),
      ...(n.seed === undefined ? [] : [withDataSeed(n.seed)]),
      ...(n.sample === undefined ? [] : [withSampling(n.sample)]),
      ...(n.normalise === undefined ? [] : [normalised(n.normalise)]),
      ...augmented(n)
    ]
    const changed = changes.reduce((s, change) => change(s), spec)
    return pipe(
      arrangedBy(flags, n)(changed.source),
      E.chain(dividedBy(n)),
      E.map((source) => ({ ...changed, source }))
    )
  }
