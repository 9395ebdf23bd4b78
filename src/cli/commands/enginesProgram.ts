/** The arguments and help of `graft engines`. */
import { type Command, Option } from 'commander'
import { exitCodesHelp } from '../output/exit.js'
import { json } from '../flags/options.js'

export const enginesProgram = (program: Command): Command =>
  program
    .command('engines')
    .description('List the engines: whether each works on this machine, and if not, why and what to do')
    .addOption(new Option('--install', "download the default engine's library from the npm registry if it is missing"))
    .addOption(
      new Option(
        '--tune',
        'measure how fast this machine computes convolutions, so that the default engine chooses the fastest algorithms; takes minutes on an otherwise idle machine'
      ).conflicts(['install', 'untune'])
    )
    .addOption(new Option('--untune', 'remove what --tune measured').conflicts(['install']))
    .addOption(new Option('--threads <n>', 'number of threads to tune for (default: one per physical core)'))
    .addOption(new Option('--kernels', 'list every kernel: mapped, or a fallback to the cpu engine'))
    .addOption(json())
    .addHelpText(
      'after',
      `\nExamples:\n  graft engines\n  graft engines --install\n  graft engines --tune\n  graft engines --kernels\n${exitCodesHelp}`
    )
