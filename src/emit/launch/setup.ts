/** What a machine does that begins with nothing but Python and torch: install, then train. */
import type { Job } from '../torch/index.js'
import { inShell, type Placement, programArgs, quoted } from './Placement.js'

/** Installs what the image lacks; torch is not replaced. */
export const install = 'pip install --quiet --requirement requirements.txt'

/** The command of a container: in the folder of the job, `torchrun` with options for this launcher. */
export const containerCommand = (
  { settings: { threads } }: Job,
  at: Placement,
  torchrun: ReadonlyArray<string>
): ReadonlyArray<string> => [
  ...['sh', '-c'],
  [
    `cd ${quoted(at.folder)}`,
    install,
    ...(threads === null ? [] : [`export OMP_NUM_THREADS=${threads}`]),
    `exec ${inShell(['torchrun', ...torchrun, ...programArgs(at)])}`
  ].join(' && ')
]
