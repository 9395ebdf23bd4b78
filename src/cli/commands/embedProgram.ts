/** The arguments and help of `graft embed`. */
import { type Command, Option } from 'commander'
import { addOptions, engine, json, threads, workers } from '../flags/options.js'
import { folderOptions, tableOptions } from '../flags/sourceFlags.js'
import { exitCodesHelp } from '../output/exit.js'

export const embedProgram = (program: Command): Command => {
  const command = program
    .command('embed')
    .description("Write the features of images, a network's outputs before its head, for use elsewhere")
    .argument('<DATA...>', 'data as for graft train, or images as for graft predict')

  addOptions(command, 'Features:', [
    new Option(
      '--model <model>',
      'a trained model, or an architecture: a name with published weights, or ./mine.js#export (default: resnet18)'
    ),
    new Option('--weights <file>', 'weights of the architecture, instead of its published ones'),
    new Option('--out <file>', 'where they go: .npz or .parquet (default: features.npz)'),
    new Option('--bs <n>', 'images per batch (default: 64)')
  ])
  addOptions(command, 'Folders (of DATA):', folderOptions())
  addOptions(command, 'Tables (of DATA):', tableOptions())
  addOptions(command, 'Run:', [engine(), threads(), workers(), json()])
  return command.addHelpText(
    'after',
    `
A .npz file has the arrays features (float32, one row for each image), labels, paths and sets (train, valid or test).
A .parquet file has the columns path, label, set and features (a list of floats).
Features are the outputs of the network's body, averaged over positions.

An image that cannot be read is reported on stderr; the others are written, and the exit code is 1.

Examples:
  graft embed photos --out photos.npz
  graft embed photos --model graft-out/resnet18-20250101-120000 --out photos.parquet
  graft embed 'unlabelled/*.jpg' --model resnet50 --out unlabelled.npz
${exitCodesHelp}`
  )
}
