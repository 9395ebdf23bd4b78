/** The arguments and help of `graft check`. */
import { type Command, Option } from 'commander'
import { divisionOptions } from '../flags/holdoutFlag.js'
import { addOptions, dataOptions, engine, json, quiet, threads, workers } from '../flags/options.js'
import { folderOptions, maskOptions, tableOptions } from '../flags/sourceFlags.js'
import { exitCodesHelp } from '../output/exit.js'

export const checkProgram = (program: Command): Command => {
  const command = program
    .command('check')
    .description('Check data before training: damaged files, copies, leaks between sets, classes, doubtful labels')
    .argument('<DATA>', 'as for graft train')

  addOptions(command, 'Result:', [
    new Option('--files <n>', 'how many files or groups of each finding are printed (default: 3)'),
    new Option('--html <file>', 'also write a page with all findings'),
    new Option('--fix-list <file>', 'write the images to leave out, one a line, for --exclude'),
    new Option('--strict', 'exit code 3 if a finding is an error')
  ])
  addOptions(command, 'With a network:', [
    new Option('--suspects', 'find labels that are most likely wrong, by a classifier that has not seen the image'),
    new Option(
      '--embeddings <model>',
      'find near-duplicates by the features of a network: an architecture or a trained model (default with --suspects: resnet18)'
    ),
    new Option('--weights <file>', 'weights of the architecture, instead of its published ones')
  ])
  addOptions(command, 'Data:', [
    ...dataOptions(),
    ...divisionOptions(),
    new Option('--seed <n>', 'seed of a random holdout and of folds (default: 42)')
  ])
  addOptions(command, 'Folders:', folderOptions())
  addOptions(command, 'Tables:', tableOptions())
  addOptions(command, 'Masks:', maskOptions())
  addOptions(command, 'Run:', [engine(), threads(), workers(), quiet(), json()])
  return command.addHelpText(
    'after',
    `
Every file is read once. Errors make training fail or its scores wrong, warnings are most likely not as intended,
notes say how graft treats the data. docs/checking.md explains each finding.

Examples:
  graft check photos
  graft check photos --strict --json > findings.json
  graft check photos --fix-list leave-out.txt && graft train photos --exclude leave-out.txt
  graft check labels.csv --suspects --html check.html
${exitCodesHelp}`
  )
}
