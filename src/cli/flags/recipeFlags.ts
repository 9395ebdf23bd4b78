/** The flags that define a recipe, and that recipe. */
import * as E from 'fp-ts/lib/Either.js'
import { identity, pipe } from 'fp-ts/lib/function.js'
import { Option } from 'commander'
import type { GraftError } from '../../GraftError.js'
import { settingError } from '../../learn/index.js'
import {
  accumulate,
  earlyStopping,
  ema,
  fineTune,
  fitFlatCos,
  fitSgdr,
  fitWarmupCosine,
  type Rates,
  Recipe,
  reduceLrOnPlateau,
  saveBest,
  swa,
  type Watcher
} from '../../recipe/index.js'
import { given, inRange, optional, rates, type Read, refused, whole } from './flags.js'

/** The flags as typed. */
export interface RecipeFlags {
  readonly recipe?: string
  readonly epochs?: string
  readonly lr?: string
  readonly fineTune?: string
  readonly flatCos?: boolean
  readonly sgdr?: string
  readonly warmup?: string
  readonly progressive?: string
  readonly accumulate?: string
  readonly ema?: string
  readonly swa?: string
  readonly earlyStop?: string
  readonly saveBest?: boolean
  readonly reduceLr?: string
  readonly monitor?: string
}

/** The recipes that a flag can choose, each with its flag. */
const kinds = { fineTune: '--fine-tune', flatCos: '--flat-cos', sgdr: '--sgdr', warmup: '--warmup' } as const

type Kind = keyof typeof kinds

const kindsIn = (flags: RecipeFlags): ReadonlyArray<Kind> =>
  (Object.keys(kinds) as ReadonlyArray<Kind>).filter((kind) => flags[kind] !== undefined)

const others = (kind: Kind): Array<string> => ['recipe', ...Object.keys(kinds)].filter((other) => other !== kind)

/** The options of a recipe on the command line. */
export const recipeOptions = (): ReadonlyArray<Option> => [
  new Option('--epochs <n>', 'length of the cycle in epochs (default: 1)'),
  new Option('--lr <rate>', 'peak learning rate of the cycle; a,b for the first and the last group (default: 1e-3)'),
  new Option('--fine-tune <n>', 'one epoch with the body frozen, then n of all groups (--lr: default 2e-3)').conflicts([
    'epochs',
    ...others('fineTune')
  ]),
  new Option('--flat-cos', 'instead of the cycle: constant rates for 3/4 of --epochs, then a cosine').conflicts(
    others('flatCos')
  ),
  new Option(
    '--sgdr <n>',
    'instead of the cycle: n cosines with warm restarts; the first lasts --epochs, each of the others twice as long'
  ).conflicts(others('sgdr')),
  new Option(
    '--warmup <epochs>',
    'instead of the cycle: a linear warm-up for so many of the --epochs, then a cosine'
  ).conflicts(others('warmup')),
  new Option(
    '--progressive <sizes>',
    'image sizes and epochs of each, instead of --size and --epochs: 128:3,224:2'
  ).conflicts(['epochs', 'size', 'recipe', 'fineTune', 'sgdr']),
  new Option('--recipe <file>', 'the recipe: a JSON file, or the JSON itself').conflicts(['epochs', 'lr']),
  new Option('--accumulate <n>', 'accumulate gradients: one optimiser step for every n batches'),
  new Option('--ema <decay>', 'keep an exponential moving average of the weights, e.g. 0.999').conflicts('swa'),
  new Option(
    '--swa <epoch>',
    'average the weights after each epoch of the last training step, from this epoch on (counted from 0)'
  ),
  new Option('--early-stop <n>', 'end a training step after more than n epochs without improvement'),
  new Option('--save-best', 'end with the best model instead of the last one, and keep it in models/'),
  new Option('--reduce-lr <n>', 'multiply the rates by 0.2 after more than n epochs without improvement'),
  new Option('--monitor <value>', 'what the last three compare: valid_loss (default), train_loss or a metric')
]

/** `128:3,224:2`: sides of images, and how many epochs each is trained for. */
const sizesFlag: (
  text: string | undefined
) => Read<ReadonlyArray<readonly [size: number, epochs: number]> | undefined> = optional((text) => {
  const parts = text.split(',').map((part) => /^([1-9]\d{0,5}):([1-9]\d{0,5})$/.exec(part.trim()))
  return parts.every((part) => part !== null)
    ? E.right(parts.map(([, size, epochs]) => [Number(size), Number(epochs)] as const))
    : refused('--progressive', 'sizes with epochs, such as 128:3,224:2', text, '128:3,224:2')
})

export const readRecipeFlags = (flags: RecipeFlags) => ({
  epochs: whole('--epochs', 1, '1')(flags.epochs),
  lr: rates('--lr')(flags.lr),
  fineTune: whole('--fine-tune', 1, '5')(flags.fineTune),
  sgdr: whole('--sgdr', 1, '3', 30)(flags.sgdr),
  warmup: inRange('--warmup', [0, Infinity], '1')(flags.warmup),
  progressive: sizesFlag(flags.progressive),
  accumulate: whole('--accumulate', 1, '4')(flags.accumulate),
  ema: inRange('--ema', [0, 1], '0.999')(flags.ema),
  swa: whole('--swa', 0, '3')(flags.swa),
  earlyStop: whole('--early-stop', 0, '3')(flags.earlyStop),
  reduceLr: whole('--reduce-lr', 0, '2')(flags.reduceLr)
})

/** Whether any flag chooses steps. */
export const choosesSteps = (flags: RecipeFlags): boolean =>
  [flags.recipe, flags.epochs, flags.lr, flags.progressive].some((flag) => flag !== undefined) ||
  kindsIn(flags).length > 0

const oneRate = (lr: Rates | undefined): E.Either<GraftError, number | undefined> =>
  lr === undefined || typeof lr === 'number'
    ? E.right(lr)
    : E.left(settingError('--lr', 'one rate beside --fine-tune', 'two', 'pass that of the last group'))

type Values = { readonly [K in keyof ReturnType<typeof readRecipeFlags>]: Right<ReturnType<typeof readRecipeFlags>[K]> }

type Right<R> = R extends E.Right<infer A> ? A : never

/** The recipe chosen by all flags except `--recipe`; default: one cycle. */
export const flaggedRecipe = (flags: RecipeFlags, n: Values): E.Either<GraftError, Recipe.Recipe> =>
  n.progressive === undefined
    ? ofEpochs(flags, n)(n.epochs ?? 1, '--epochs')
    : pipe(
        n.progressive,
        E.traverseArray(([size, epochs]) =>
          E.map((recipe: Recipe.Recipe) => [size, recipe] as const)(
            ofEpochs(flags, n)(epochs, `--progressive for ${size}`)
          )
        ),
        E.map((parts) => Recipe.sequence(...parts.map(([size, recipe]) => [...Recipe.setSize(size), ...recipe])))
      )

/** The recipe of so many epochs; `from` names the flag that says how many. */
const ofEpochs =
  ({ flatCos }: RecipeFlags, { lr, fineTune: tuned, sgdr, warmup }: Values) =>
  (epochs: number, from: string): E.Either<GraftError, Recipe.Recipe> => {
    const rate = lr ?? 1e-3
    if (tuned !== undefined) return E.map((base: number | undefined) => fineTune(tuned, base))(oneRate(lr))
    if (flatCos === true) return E.right(fitFlatCos(epochs, rate))
    if (sgdr !== undefined) return E.right(fitSgdr(sgdr, epochs, rate))
    if (warmup === undefined) return E.right(Recipe.fitOneCycle(epochs, rate))
    return warmup <= epochs
      ? E.right(fitWarmupCosine(epochs, rate, { warmupEpochs: warmup }))
      : E.left(settingError('--warmup', `at most ${epochs}, as ${from}`, String(warmup), `pass more epochs: ${from}`))
  }

const onLastStep =
  (f: (recipe: Recipe.Recipe) => Recipe.Recipe) =>
  (recipe: Recipe.Recipe): Recipe.Recipe => {
    const last = recipe.findLastIndex(Recipe.trains)
    return recipe.flatMap((step, i) => (i === last ? f([step]) : [step]))
  }

const watchersOf = (
  { saveBest: best, monitor }: RecipeFlags,
  { earlyStop, reduceLr }: Pick<Values, 'earlyStop' | 'reduceLr'>
): ReadonlyArray<Watcher> => {
  const by = given({ monitor })
  return [
    ...(best === true ? [saveBest(by)] : []),
    ...(reduceLr === undefined ? [] : [reduceLrOnPlateau({ ...by, patience: reduceLr, minLr: 0 })]),
    ...(earlyStop === undefined ? [] : [earlyStopping({ ...by, patience: earlyStop })])
  ]
}

/** A recipe with the accumulation, the averages and the watchers of the flags. */
export const withStepFlags =
  (flags: RecipeFlags, n: Pick<Values, 'accumulate' | 'ema' | 'swa' | 'earlyStop' | 'reduceLr'>) =>
  (recipe: Recipe.Recipe): Recipe.Recipe =>
    pipe(
      recipe,
      n.accumulate === undefined ? identity : accumulate(n.accumulate),
      n.ema === undefined ? identity : ema(n.ema),
      n.swa === undefined ? identity : onLastStep(swa(n.swa)),
      Recipe.until(...watchersOf(flags, n))
    )
