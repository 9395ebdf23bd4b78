/** The arguments and help of `graft show`. */
import { type Command, Option } from 'commander'
import { augmentOptions, batchViewOptions } from '../flags/augmentFlags.js'
import { exitCodesHelp } from '../output/exit.js'
import { divisionOptions } from '../flags/holdoutFlag.js'
import { sampleOption } from '../flags/imbalanceFlags.js'
import { addOptions, dataOptions, json, quiet, workers } from '../flags/options.js'
import { folderOptions, maskOptions, tableOptions } from '../flags/sourceFlags.js'

export const showProgram = (program: Command): Command => {
  const command = program
    .command('show')
    .description('Draw a training batch as a network would see it, with labels, masks or target images')
    .argument('<DATA>', 'as for graft train')

  addOptions(command, 'What is shown:', [
    new Option('--k <n>', 'how many images, at most a batch (default: 9)'),
    new Option('--epoch <n>', 'the epoch, from 0: each draws its transforms anew (default: 0)'),
    new Option('--out <file>', 'where it goes: .png, .svg or .json (default: graft-out/batch.png)')
  ])
  addOptions(command, 'Data:', [
    ...dataOptions(),
    ...divisionOptions(),
    sampleOption(),
    new Option('--seed <n>', 'seed of order and transforms (default: 42)')
  ])
  addOptions(command, 'Augmentation:', [...augmentOptions(), ...batchViewOptions()])
  addOptions(command, 'Folders:', folderOptions())
  addOptions(command, 'Tables:', tableOptions())
  addOptions(command, 'Masks:', maskOptions())
  addOptions(command, 'Run:', [workers(), quiet(), json()])
  return command.addHelpText(
    'after',
    `
Prints the file that it has written. The batch is the one that graft train sees with the same options.

Examples:
  graft show photos --size 128 --augment trivial
  graft show camvid --images images --masks labels --size 160 --augment fastai --out camvid.svg
  graft show photos --size 128 --cutmix 1 --erase 0.5 --k 16
${exitCodesHelp}`
  )
}
