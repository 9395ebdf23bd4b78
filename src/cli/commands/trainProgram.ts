/** The arguments and help of `graft train` and `graft lr-find`. */
import { type Command, Option } from 'commander'
import { metricWords } from '../../format/index.js'
import { augmentOptions, batchViewOptions, ofAugmentation } from '../flags/augmentFlags.js'
import { exitCodesHelp } from '../output/exit.js'
import {
  addOptions,
  dataOptions,
  engine,
  json,
  modelOptions,
  optimisationOptions,
  quiet,
  threads,
  workers
} from '../flags/options.js'
import { divisionOptions } from '../flags/holdoutFlag.js'
import { sampleOption } from '../flags/imbalanceFlags.js'
import { recipeOptions } from '../flags/recipeFlags.js'
import { folderOptions, maskOptions, ofTheSource, tableOptions } from '../flags/sourceFlags.js'
import { torchOptions } from '../flags/torchFlags.js'

/** Names between commas, in lines for the help. */
const inLines = (names: ReadonlyArray<string>): string =>
  names.map((name, i) => `${name}${i === names.length - 1 ? '' : i % 5 === 4 ? ',\n  ' : ', '}`).join('')

/** Options that belong to a run, and so cannot be given when it is resumed. */
const ofTheRun = [
  ...['accumulate', 'ema', 'swa', 'earlyStop', 'saveBest', 'reduceLr', 'monitor'],
  ...['arch', 'model', 'from', 'wd', 'bs', 'validBs', 'size', 'normalise', 'validPct', 'holdout', 'sample', 'seed'],
  ...[
    'metrics',
    'opt',
    'loss',
    'labelSmoothing',
    'classWeights',
    'clip',
    'cacheFeatures',
    'resize',
    'freezeTo',
    'batchNorm'
  ],
  ...['exact', 'orientation', 'colour', 'range', 'exclude'],
  ...['pretrained', 'weights', 'freeze', 'engine', 'threads', 'out', 'force'],
  ...ofAugmentation,
  ...ofTheSource
]

/** What DATA may be. */
export const dataArgument =
  'a folder of images, a table (CSV, JSON Lines), a file of many images (parquet, tar, npz, idx), a data description (JSON), the URL of a .tgz, mnist_sample, mnist_tiny, or digits (generated)'

/** Options of what is trained, and how. */
export const addTrainingOptions = (command: Command): void => {
  addOptions(command, 'Data:', [
    ...dataOptions(),
    new Option('--valid-bs <n>', 'images per batch in validation (default: as in training)'),
    ...divisionOptions(),
    sampleOption()
  ])
  addOptions(command, 'Augmentation:', [...augmentOptions(), ...batchViewOptions()])
  addOptions(command, 'Folders:', folderOptions())
  addOptions(command, 'Tables:', tableOptions())
  addOptions(command, 'Masks:', maskOptions())
  addOptions(command, 'Model:', [
    ...modelOptions(),
    new Option('--from <run>', 'start from a trained model: its architecture, head, weights and image size').conflicts([
      'model',
      'weights',
      'pretrained'
    ])
  ])
  addOptions(command, 'Recipe:', recipeOptions())
  addOptions(command, 'Training:', [
    ...optimisationOptions(),
    new Option('--metrics <names>', 'metrics: names separated by commas, or JSON (default: by task)')
  ])
}

export const trainProgram = (program: Command): Command => {
  const command = program
    .command('train')
    .description('Train a model on images, or resume a run that was stopped')
    .argument('[DATA]', dataArgument)
  addTrainingOptions(command)
  addOptions(command, 'Run:', [
    new Option('--out <dir>', 'the directory of the run (default: graft-out/<arch>-<time>)'),
    new Option('--force', 'replace an existing run in that directory'),
    new Option(
      '--resume <dir>',
      'resume the run in this directory (with DATA if its data was moved); with --epochs N, train a finished run for N more epochs'
    ).conflicts(ofTheRun),
    new Option(
      '--checkpoint-every <batches>',
      'write a checkpoint every so many batches, in addition to once a minute'
    ),
    new Option('--tensorboard <dir>', 'also log to an event file for TensorBoard in this folder'),
    new Option('--jsonl <file>', 'also append every event to this file, one JSON object a line'),
    new Option('--no-figures', 'do not draw the curves of losses, rates and metrics'),
    new Option('--no-report', 'do not write report.html'),
    new Option('--watch [port]', 'show the training on a page of this machine while it lasts (default port: 7007)'),
    engine(),
    threads(),
    workers(),
    quiet(),
    json()
  ])
  addOptions(command, 'PyTorch:', [
    new Option(
      '--on <launcher>',
      'train with PyTorch on this machine: torchrun (default: an engine of graft)'
    ).conflicts(['checkpointEvery']),
    ...torchOptions()
  ])
  return command.addHelpText(
    'after',
    `
The last line on stdout is the validation accuracy, or the first metric of --metrics. The directory of the run contains
  graft.json               the run: data, model, recipe, settings
  checkpoint.safetensors   the state to resume from, written once a minute and on Ctrl-C; removed at the end
  history.csv              the table of epochs
  model.safetensors        the trained model
  figures/                 losses, rates and metrics, as .svg, .png and .json
  report.html              all of it on one page, with confusion, examples and scores; see graft report

Metrics by name, for --metrics (docs/interpretation.md says which for what):
  ${inLines(metricWords)}

Paths in JSON files are relative to the current folder.

Examples:
  graft train photos --arch resnet34 --epochs 5 --lr 1e-3 --size 128
  graft train digits --no-pretrained
  graft train photos --arch squeezenet1_1 --weights squeezenet1_1.safetensors --recipe two-phases.json
  graft train photos --arch ./mine.js#net --engine cpu
  graft train planet/labels.csv --label-delim ' ' --metrics accuracyThresh,fbeta
  graft train table.csv --delimiter ';' --encoding latin1 --label-col breed
  graft train camvid --images images --masks labels
  graft train --resume graft-out/resnet18-20250101-120000
  graft train --resume graft-out/resnet18-20250101-120000 --epochs 5
  graft train flowers --from graft-out/resnet18-20250101-120000
${exitCodesHelp}`
  )
}

export const lrFindProgram = (program: Command): Command => {
  const command = program
    .command('lr-find')
    .description(
      'Suggest a learning rate, by training on some batches at growing rates; the trained weights are discarded'
    )
    .argument('<DATA>', 'data, as for graft train')

  addOptions(command, 'Sweep:', [
    new Option('--start-lr <rate>', 'the first rate (default: 1e-7)'),
    new Option('--end-lr <rate>', 'the last rate (default: 10)'),
    new Option('--num-it <n>', 'number of batches (default: 100)'),
    new Option('--no-stop-div', 'continue when the loss diverges')
  ])
  addOptions(command, 'Data:', [...dataOptions(), ...divisionOptions(), sampleOption()])
  addOptions(command, 'Folders:', folderOptions())
  addOptions(command, 'Tables:', tableOptions())
  addOptions(command, 'Masks:', maskOptions())
  addOptions(command, 'Model:', modelOptions())
  addOptions(command, 'Training:', optimisationOptions())
  addOptions(command, 'Run:', [
    engine(),
    threads(),
    workers(),
    new Option('--out <dir>', 'folder for lr-find.svg, .png and .json (default: graft-out)'),
    quiet(),
    json()
  ])
  return command.addHelpText(
    'after',
    `
Examples:
  graft lr-find photos --size 128
  graft lr-find digits --arch squeezenet1_1 --num-it 50
${exitCodesHelp}`
  )
}
