/** The flags for augmentation: transforms of images, and batch views. */
import { Option } from 'commander'
import type * as E from 'fp-ts/lib/Either.js'
import {
  type BatchView,
  cutmix,
  type DataSpec,
  getTransforms,
  mixup,
  randomErasing,
  Transform,
  withTransforms
} from '../../data/index.js'
import { oneOf, positive, probability, whole } from './flags.js'

/** The flags as typed. */
export interface AugmentFlags {
  readonly augment?: string
  readonly transforms?: string
  readonly presize?: string
  readonly mixup?: string
  readonly cutmix?: string
  readonly erase?: string
}

const { flipLr, presize, randAugment, randomCrop, randomResizedCrop, trivialAugment } = Transform

/** Lists of transforms by name; `default` is an alias of `fastai`. */
const lists = {
  fastai: () => getTransforms(),
  default: () => getTransforms(),
  flip: () => [randomCrop(), flipLr()],
  trivial: () => [randomResizedCrop(), flipLr(), trivialAugment()],
  rand: () => [randomResizedCrop(), flipLr(), randAugment()],
  none: () => []
} as const satisfies Readonly<Record<string, () => ReadonlyArray<Transform.Transform>>>

const names = ['fastai', 'flip', 'trivial', 'rand', 'none', 'default'] as const satisfies ReadonlyArray<
  keyof typeof lists
>

export const augmentOptions = (): ReadonlyArray<Option> => [
  new Option(
    '--augment <which>',
    'augmentation: fastai, flip (flips and random crops), trivial or rand (random resized crops, flips, and TrivialAugment or RandAugment), none (the default)'
  ),
  new Option('--transforms <which>', 'the former name of --augment').hideHelp().conflicts('augment'),
  new Option('--presize <pixels>', 'decode training images to this larger size, and transform them once to --size')
]

/** Options that change whole batches, for training. */
export const batchViewOptions = (): ReadonlyArray<Option> => [
  new Option('--mixup <alpha>', 'mix each image with another one of its batch, e.g. 0.4').conflicts('cutmix'),
  new Option('--cutmix <alpha>', 'paste a box of another image of the batch, e.g. 1'),
  new Option('--erase <p>', 'erase a rectangle of a training image with this probability, e.g. 0.25')
]

/** The options that a resumed run cannot change. */
export const ofAugmentation = ['augment', 'transforms', 'presize', 'mixup', 'cutmix', 'erase'] as const

export const readAugmentFlags = (flags: AugmentFlags) => ({
  augment:
    flags.transforms === undefined
      ? oneOf('--augment', names)(flags.augment)
      : oneOf('--transforms', names)(flags.transforms),
  presize: whole('--presize', 1, '460')(flags.presize),
  mixup: positive('--mixup', '0.4')(flags.mixup),
  cutmix: positive('--cutmix', '1')(flags.cutmix),
  erase: probability('--erase', '0.25')(flags.erase)
})

type Values = {
  readonly [K in keyof ReturnType<typeof readAugmentFlags>]: Extract<
    ReturnType<typeof readAugmentFlags>[K],
    E.Right<unknown>
  >['right']
}

/** The changes that the flags make to a data description. */
export const augmented = ({ augment, presize: pixels }: Pick<Values, 'augment' | 'presize'>) => [
  ...(augment === undefined ? [] : [withTransforms(lists[augment]())]),
  ...(pixels === undefined
    ? []
    : [(spec: DataSpec): DataSpec => withTransforms([presize(pixels), ...spec.transforms])(spec)])
]

/** The batch views chosen by flags; undefined: none. */
export const viewsOf = (n: Pick<Values, 'mixup' | 'cutmix' | 'erase'>): ReadonlyArray<BatchView> | undefined => {
  const views = [
    ...(n.mixup === undefined ? [] : [mixup(n.mixup)]),
    ...(n.cutmix === undefined ? [] : [cutmix(n.cutmix)]),
    ...(n.erase === undefined ? [] : [randomErasing({ p: n.erase })])
  ]
  return views.length === 0 ? undefined : views
}
