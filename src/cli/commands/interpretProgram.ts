/** The arguments and help of `graft interpret`. */
import { type Command, Option } from 'commander'
import { exitCodesHelp } from '../output/exit.js'
import { divisionOptions } from '../flags/holdoutFlag.js'
import { addOptions, engine, json, threads, workers } from '../flags/options.js'
import { folderOptions, maskOptions, tableOptions } from '../flags/sourceFlags.js'

export const interpretProgram = (program: Command): Command => {
  const command = program
    .command('interpret')
    .description('Show what a trained model gets wrong: confusion matrix, and top losses with heat maps')
    .argument('<MODEL>', 'a trained model: model.safetensors, or the folder of a run or an export')
    .argument('[DATA]', 'images of its classes, as for graft train (default: the data of the run)')

  addOptions(command, 'Interpretation:', [
    new Option('--set <which>', 'images: valid (default) or train'),
    new Option('--k <n>', 'number of top losses (default: 9, or all if there are fewer)'),
    new Option('--min-val <n>', 'list pairs of classes that were confused at least this often (default: 1)'),
    new Option('--bs <n>', 'images per batch (default: 64)')
  ])
  addOptions(command, 'Division (of DATA):', [
    ...divisionOptions(),
    new Option('--seed <n>', 'seed of a random division, as in training (default: 42)')
  ])
  addOptions(command, 'Folders (of DATA):', folderOptions())
  addOptions(command, 'Tables (of DATA):', tableOptions())
  addOptions(command, 'Masks (of DATA):', maskOptions())
  addOptions(command, 'Run:', [
    engine(),
    threads(),
    workers(),
    new Option('--out <dir>', 'folder for the figures (default: figures, next to the model)'),
    json()
  ])
  return command.addHelpText(
    'after',
    `
Writes confusion and top-losses as .svg, .png and .json, and interpretation.json; the last line is the accuracy (or the task's first metric).

Examples:
  graft interpret graft-out/resnet18-20250101-120000
  graft interpret model.safetensors photos --k 16 --out looked-at
  graft interpret model.safetensors table.csv --label-col breed
${exitCodesHelp}`
  )
}
