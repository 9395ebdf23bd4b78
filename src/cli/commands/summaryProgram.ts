/** The arguments and help of `graft summary`. */
import { type Command, Option } from 'commander'
import { exitCodesHelp } from '../output/exit.js'
import { json } from '../flags/options.js'

export const summaryProgram = (program: Command): Command =>
  program
    .command('summary')
    .description('Show the layers, shapes, parameters and groups of a model')
    .argument(
      '[MODEL]',
      'an architecture, ./mine.js#export, a model as JSON, a trained model, or a run (default: resnet18)'
    )
    .addOption(
      new Option(
        '--arch <name>',
        'the architecture; for a model as JSON, ./mine.js#export is an architecture that it may name'
      )
    )
    .addOption(new Option('--classes <n>', 'add a head for this many classes (default for a model as JSON: 2)'))
    .addOption(
      new Option('--size <pixels>', "side of the images (default: the architecture's, or the trained model's)")
    )
    .addOption(json())
    .addHelpText(
      'after',
      `
Examples:
  graft summary resnet18
  graft summary squeezenet1_1 --classes 10 --size 128
  graft summary graft-out/resnet18-20250101-120000
${exitCodesHelp}`
    )
