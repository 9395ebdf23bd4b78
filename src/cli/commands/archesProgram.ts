/** The arguments and help of `graft arches`. */
import type { Command } from 'commander'
import { exitCodesHelp } from '../output/exit.js'
import { json } from '../flags/options.js'

export const archesProgram = (program: Command): Command =>
  program
    .command('arches')
    .description('List architectures: parameters, FLOPs, cut, groups, input, published weights')
    .argument('[PATTERN...]', 'names, with * and ? as in a shell, or ./mine.js#export for your own (default: all)')
    .addOption(json())
    .addHelpText(
      'after',
      `
FLOPs are those of a forward pass of the whole network for one image of the architecture's size, 2 per multiply-add.
The cut "pool" is the default: before the last child that is or contains a pooling layer.

Examples:
  graft arches
  graft arches 'resnet*' 'vgg*_bn'
  graft arches ./mine.js#net --json
${exitCodesHelp}`
    )
