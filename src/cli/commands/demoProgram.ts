/** The arguments and help of `graft demo`. */
import { type Command, Option } from 'commander'
import { exitCodesHelp } from '../output/exit.js'
import { json, quiet } from '../flags/options.js'

export const demoProgram = (program: Command): Command =>
  program
    .command('demo')
    .description(
      'Train resnet18 on generated threes and sevens, save it, load it, predict an image, and plot its mistakes'
    )
    .addOption(new Option('--n <images>', 'number of training images, at least 64 (default: 12396)'))
    .addOption(new Option('--out <dir>', 'the directory of the run (default: graft-out/<arch>-<time>)'))
    .addOption(quiet())
    .addOption(json())
    .addHelpText('after', `\nExamples:\n  graft demo\n  graft demo --n 640 --out here\n${exitCodesHelp}`)
