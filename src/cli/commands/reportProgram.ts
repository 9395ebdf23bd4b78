/** The arguments and help of `graft report`. */
import { type Command, Option } from 'commander'
import { addOptions, engine, json, threads, workers } from '../flags/options.js'
import { exitCodesHelp } from '../output/exit.js'

export const reportProgram = (program: Command): Command => {
  const command = program
    .command('report')
    .description('Write what is known of a run as one HTML file')
    .argument('<RUN>', 'the folder of a run')

  addOptions(command, 'Report:', [
    new Option('--data <path>', 'where the data of the run are now, if they have moved'),
    new Option('--images <n>', 'predict at most so many validation images, evenly spaced (default: all)'),
    new Option('--thumbnails <n>', 'at most so many images below the confusion matrix (default: 1000)')
  ])
  addOptions(command, 'Run:', [
    engine(),
    threads(),
    workers(),
    new Option('--out <file>', 'the file (default: report.html in the folder of the run)'),
    json()
  ])
  return command.addHelpText(
    'after',
    `
The file contains everything that it shows, loads nothing, and has at most 5 MB. graft train writes it at the end; this command writes it again, also for a run that was interrupted.

Examples:
  graft report graft-out/resnet18-20250101-120000
  graft report graft-out/resnet18-20250101-120000 --data photos
${exitCodesHelp}`
  )
}
