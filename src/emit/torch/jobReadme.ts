/** The README of a job's folder. */
import { nodeRange, worldSize } from './JobSettings.js'
import type { TorchInput } from './TorchInput.js'

export const jobReadme = (name: string, { data, model, settings }: TorchInput): string => {
  const several = settings.nodes > 1
  const machines = several
    ? `--nnodes ${nodeRange(settings)} --rdzv-backend c10d --rdzv-endpoint MACHINE:29500 --rdzv-id ${name}`
    : '--standalone'
  const start = `torchrun ${machines} --nproc-per-node ${settings.processes} -m graft_torch . --data-root IMAGES`
  return `# ${name}

A PyTorch training job, written by graft: ${model.arch} on ${data.train.length} images, validated on ${data.valid.length}, with batches of ${data.spec.bs} divided among ${settings.minNodes === null ? '' : 'up to '}${worldSize(settings)} process${worldSize(settings) === 1 ? '' : 'es'}.

    pip install -r requirements.txt
    ${start}

Run the command in this folder${several ? ' on each machine; `MACHINE` is the address of one of them' : ''}. \`IMAGES\` is the folder that the paths in \`manifest.jsonl\` are relative to. The result is
written to \`run\`, a run directory of graft, for \`graft predict run IMAGE\`, \`graft interpret run\`, \`graft export run\` and
\`graft train --resume run\`. If the command is interrupted, run it again: it continues from the last checkpoint in \`run\`.

| file                | contents                                                                      |
| ------------------- | ----------------------------------------------------------------------------- |
| \`graft.json\`        | the description of the run, as \`graft train\` writes it                        |
| \`job.json\`          | the network, the recipe, the data and the settings, for the program           |
| \`manifest.jsonl\`    | each image: its set, place, size and target                                   |
| \`model.safetensors\` | the initial parameters and the optimiser state                                |
| \`images.bin\`        | if it is there: images that the program could not read where they are         |
| \`graft_torch/\`      | the program                                                                   |
`
}
