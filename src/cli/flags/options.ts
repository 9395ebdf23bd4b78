/** The options that commands share, in the groups of `--help`. */
import { type Command, Option } from 'commander'
import { imbalanceOptions } from './imbalanceFlags.js'
import { lossRecords, optimiserRecords } from '../../recipe/index.js'

export const json = (): Option =>
  new Option('--json', 'results as JSON on stdout, progress and errors as JSON lines on stderr')

export const quiet = (): Option => new Option('-q, --quiet', 'print no progress and no table of epochs')

export const engine = (): Option =>
  new Option('--engine <name>', 'onnxruntime (default), cpu, tensorflow or tensorflow-gpu; see graft engines')

/** The number of threads that load images, for commands that read a data set. */
export const workers = (): Option =>
  new Option(
    '--workers <n>',
    'threads that load images; 0: the main thread (default: one per processor, at most 4); with PyTorch, processes (default: 2)'
  )

export const threads = (): Option =>
  new Option('--threads <n>', 'threads of the engine (default: one per physical core)')

/** Adds options to a command, under a heading of its help. */
export const addOptions = (command: Command, heading: string, options: ReadonlyArray<Option>): Command =>
  options.reduce((to, option) => to.addOption(option.helpGroup(heading)), command)

/** Options of the data and how it is read. */
export const dataOptions = (): ReadonlyArray<Option> => [
  new Option('--bs <n>', 'images per batch (default: 64)'),
  new Option('--size <pixels>', "side of the images (default: their own, or the architecture's if they differ)"),
  new Option('--resize <method>', 'how images are resized: crop (default), pad or squish'),
  new Option('--exact', 'decode at full size and scale exactly as Pillow does; slower for large JPEG and WebP images'),
  new Option('--orientation <how>', 'the EXIF orientation: apply (default) or ignore'),
  new Option('--colour <how>', 'embedded colour profiles: stored (ignored, the default) or convert (to sRGB)'),
  new Option('--range <black,white>', 'sample values of black and white in images of more than 8 bits, e.g. 0,4095'),
  new Option('--exclude <file>', 'leave out the images that this file lists, as graft check --fix-list writes it'),
  new Option(
    '--normalise <how>',
    'statistics: weights (default: those that the weights expect, or imagenet), imagenet, cifar, mnist, batch, none'
  )
]

export const modelOptions = (): ReadonlyArray<Option> => [
  new Option('--arch <name>', 'architecture: a name, or ./mine.js#export for your own (default: resnet18)'),
  new Option('--model <file>', 'the model as JSON; with --arch ./mine.js#export, it may name that architecture'),
  new Option('--pretrained', "start from the architecture's published weights (the default if it has any)").conflicts(
    'weights'
  ),
  new Option('--no-pretrained', 'start from random weights').conflicts('weights'),
  new Option(
    '--weights <file>',
    "start from a safetensors or torch file with the architecture's keys, or a run; FILE#KEY for one of several state dicts"
  ),
  new Option('--freeze', 'train only the last group and all batch norms (the default with pretrained weights)'),
  new Option('--no-freeze', 'train all groups'),
  new Option('--freeze-to <n>', 'freeze the first n groups; -1: all but the last').conflicts('freeze'),
  new Option(
    '--batch-norm <policy>',
    'batch norms of frozen groups: trains (default), statisticsOnly, or inference, with which frozen layers are cached'
  )
]

const namesOf = (records: Readonly<Record<string, { readonly name: string }>>): string =>
  Object.values(records)
    .map(({ name }) => name)
    .join(', ')

/** Options of optimisation. */
export const optimisationOptions = (): ReadonlyArray<Option> => [
  new Option(
    '--opt <name>',
    `optimiser: ${namesOf(optimiserRecords)} (default: adamW), or JSON: '{"sgd":{"momentum":0.9}}'`
  ),
  new Option('--wd <decay>', 'weight decay (default: 0.01)'),
  new Option('--loss <name>', `${namesOf(lossRecords)}, or JSON (default: by task)`),
  new Option('--label-smoothing <eps>', 'cross entropy with smoothed labels, e.g. 0.1').conflicts('loss'),
  ...imbalanceOptions(),
  new Option('--clip <norm>', 'clip gradients to this global norm (default: no clipping)'),
  new Option(
    '--cache-features [MiB]',
    'compute frozen layers once for each image where that is exact, in at most so much memory (the default: 1024)'
  ),
  new Option('--no-cache-features', 'compute frozen layers for every batch'),
  new Option('--seed <n>', 'seed of initial weights, order of images and dropout (default: 42)')
]
