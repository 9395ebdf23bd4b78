/** The arguments and help of `graft diagram`. */
import { type Command, Option } from 'commander'
import { exitCodesHelp } from '../output/exit.js'
import { json } from '../flags/options.js'

export const diagramProgram = (program: Command): Command =>
  program
    .command('diagram')
    .description('Draw a network: its cut, its head, shapes, groups, frozen layers')
    .argument(
      '[MODEL]',
      'an architecture, ./mine.js#export, a model as JSON, a trained model, or a run (default: --arch, or resnet18)'
    )
    .addOption(
      new Option(
        '--arch <name>',
        'the architecture; for a model as JSON, ./mine.js#export is an architecture that it may name'
      )
    )
    .addOption(new Option('--head <kind>', 'head of an architecture: classifier (default), unet or none'))
    .addOption(new Option('--classes <n>', 'number of classes of that head, or of a model as JSON (default: 2)'))
    .addOption(new Option('--freeze', 'freeze the body of an architecture'))
    .addOption(
      new Option('--size <pixels>', "side of the images (default: the architecture's, or the trained model's)")
    )
    .addOption(
      new Option('--depth <n>', 'levels of detail: 1 for stages, 2 for blocks (default), ..., all for every layer')
    )
    .addOption(new Option('--out <file>', 'file to write: .svg, .png, .dot or .json (default: graft-out/<name>.svg)'))
    .addOption(json())
    .addHelpText(
      'after',
      `
Prints the file written.

Examples:
  graft diagram resnet18 --freeze
  graft diagram resnet34 --head unet --depth 1 --out unet.png
  graft diagram densenet121 --head none --depth all
  graft diagram graft-out/resnet18-20250101-120000
${exitCodesHelp}`
    )
