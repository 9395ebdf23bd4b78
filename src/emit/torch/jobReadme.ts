/** The README of a job's folder. */
import { worldSize } from './JobSettings.js'
import type { TorchInput } from './TorchInput.js'

export const jobReadme = (name: string, { data, model, settings }: TorchInput): string => {
  const start = `torchrun --standalone --nproc-per-node ${settings.processes} -m graft_torch . --data-root IMAGES`
  return `# ${name}

A training written by graft, for PyTorch: ${model.arch} on ${data.train.length} images, validated on ${data.valid.length}, with batches of ${data.spec.bs} shared by ${worldSize(settings)} process${worldSize(settings) === 1 ? '' : 'es'}.

    pip install -r requirements.txt
    ${start}

\`IMAGES\` is the folder that the paths in \`manifest.jsonl\` are relative to. Run it in this folder. The result is written to
\`run\`, a run of graft: \`graft predict run IMAGE\`, \`graft interpret run\`, \`graft export run\` and \`graft train --resume run\` take it.
Started again, it continues from the last checkpoint in \`run\`.

| file                | contents                                                                      |
| ------------------- | ----------------------------------------------------------------------------- |
| \`graft.json\`        | the description of the run, as \`graft train\` writes it                        |
| \`job.json\`          | the network, the recipe, the data and the settings, as the program reads them |
| \`manifest.jsonl\`    | every image: its set, place, size and target                                  |
| \`model.safetensors\` | the parameters to start from, and the optimiser's state                       |
| \`graft_torch/\`      | the program                                                                   |
`
}
