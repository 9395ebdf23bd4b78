/** The arguments and help of `graft summary`. */
import { type Command, Option } from 'commander'
import { exitCodesHelp } from '../output/exit.js'
import { divisionOptions } from '../flags/holdoutFlag.js'
import { addOptions, json } from '../flags/options.js'
import { folderOptions, maskOptions, tableOptions } from '../flags/sourceFlags.js'

/** The options of folders but `--classes`, which models have, too. */
const ownFolderOptions = (): ReadonlyArray<Option> => folderOptions().filter(({ long }) => long !== '--classes')

export const summaryProgram = (program: Command): Command => {
  const command = program
    .command('summary')
    .description('Show the layers, shapes, parameters and groups of a model, or the images that data hold')
    .argument(
      '[MODEL|DATA]',
      'an architecture, ./mine.js#export, a model as JSON, a trained model, or a run (default: resnet18); or data, as for graft train'
    )
  addOptions(command, 'Models:', [
    new Option(
      '--arch <name>',
      'the architecture; for a model as JSON, ./mine.js#export is an architecture that it may name'
    ),
    new Option(
      '--classes <n>',
      'add a head for this many classes (default for a model as JSON: 2); for data, their names, separated by commas'
    ),
    new Option('--size <pixels>', "side of the images (default: the architecture's, or the trained model's)")
  ])
  addOptions(command, 'Data:', [
    ...divisionOptions(),
    new Option('--exclude <file>', 'leave out the images that this file lists, as graft check --fix-list writes it')
  ])
  addOptions(command, 'Folders:', ownFolderOptions())
  addOptions(command, 'Tables:', tableOptions())
  addOptions(command, 'Masks:', maskOptions())
  addOptions(command, 'Run:', [json()])
  return command.addHelpText(
    'after',
    `
Of data, it shows what they were recognised as, the holdout, the images of each set and class, and their sizes.

Examples:
  graft summary resnet18
  graft summary squeezenet1_1 --classes 10 --size 128
  graft summary graft-out/resnet18-20250101-120000
  graft summary photos --holdout stratified:0.2
${exitCodesHelp}`
  )
}
