/** The arguments and help of `graft job`. */
import { type Command, Option } from 'commander'
import { exitCodesHelp } from '../output/exit.js'
import { launcherOptions } from '../flags/launcherFlags.js'
import { addOptions, engine, json, quiet, threads, workers } from '../flags/options.js'
import { torchOptions } from '../flags/torchFlags.js'
import { addTrainingOptions, dataArgument } from './trainProgram.js'

/** The actions on a submitted job, with their help. */
export const jobActions = {
  status: 'Print the state of a job: waiting, running, succeeded, failed or stopped',
  logs: 'Print the progress of a job until it ends',
  stop: 'Stop a job',
  fetch: 'Fetch the run of a job, to --out DIR (default: run in its folder)'
} as const

export const jobProgram = (program: Command): Command => {
  const command = program
    .command('job')
    .description('Write a job that trains with PyTorch, and print how to run it, or submit it')
    .argument('[DATA]', dataArgument)
  addOptions(command, 'Job:', [
    new Option('--out <dir>', 'the folder of the job, new or empty (default: graft-out/<name>)')
  ])
  for (const [heading, options] of Object.entries(launcherOptions())) addOptions(command, heading, options)
  addOptions(command, 'PyTorch:', torchOptions())
  addTrainingOptions(command)
  addOptions(command, 'Run:', [engine(), threads(), workers(), quiet(), json()])
  return command.addHelpText(
    'after',
    `
Prints the command (torchrun), the YAML (kubernetes, sky) or the requests (ray, hf) that run the job; --submit submits
it to ray or hf. The images stay where they are: --data-root is their folder on the machines that run the job.

ID is the folder of a submitted job, or its id at the service given by --to, --address, --repo and so on.
Tokens are read from the environment variables RAY_AUTH_TOKEN and HF_TOKEN.

Examples:
  graft job photos --to torchrun --procs 2 --out job
  graft job photos --to kubernetes --nodes 2 --gpus 8 --fast --out job > job.yaml
  graft job photos --to ray --address http://head:8265 --procs 4 --out job --submit
  graft job logs job
  graft job fetch job
${exitCodesHelp}`
  )
}
