/** The arguments and help of `graft job`. */
import { type Command, Option } from 'commander'
import { exitCodesHelp } from './exit.js'
import { launcherOptions } from './launcherFlags.js'
import { addOptions, engine, json, quiet, threads, workers } from './options.js'
import { torchOptions } from './torchFlags.js'
import { addTrainingOptions, dataArgument } from './trainProgram.js'

/** What is done with a job that a service has. */
export const jobActions = {
  status: 'Print how far a job is: waiting, running, succeeded, failed or stopped',
  logs: 'Follow a job to its end',
  stop: 'Stop a job',
  fetch: 'Fetch the run of a job: --out DIR (default: run in the folder of the job)'
} as const

export const jobProgram = (program: Command): Command => {
  const command = program
    .command('job')
    .description('Write a training as a job for PyTorch, and print or send what runs it')
    .argument('[DATA]', dataArgument)
  addOptions(command, 'Job:', [new Option('--out <dir>', 'the folder of the job (default: graft-out/<name>)')])
  for (const [heading, options] of Object.entries(launcherOptions())) addOptions(command, heading, options)
  addOptions(command, 'PyTorch:', torchOptions())
  addTrainingOptions(command)
  addOptions(command, 'Run:', [engine(), threads(), workers(), quiet(), json()])
  return command.addHelpText(
    'after',
    `
Prints the command (torchrun), the YAML (kubernetes, sky) or the requests (ray, hf) that run the job; --submit sends it
to ray or hf. The images stay where they are: --data-root names their folder on the machines of the job.

ID is the folder of a job that was submitted, or an id of the service that --to, --address, --repo and the like name.
Tokens are those in the environment: RAY_AUTH_TOKEN, HF_TOKEN.

Examples:
  graft job photos --to torchrun --procs 2 --out job
  graft job photos --to kubernetes --nodes 2 --gpus 8 --fast --out job > job.yaml
  graft job photos --to ray --address http://head:8265 --procs 4 --out job --submit
  graft job logs job
  graft job fetch job
${exitCodesHelp}`
  )
}
