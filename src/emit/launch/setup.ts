/** Commands for a machine that has only Python and torch: install the other packages, then train. */
import type { Job } from '../torch/index.js'
import { inShell, type Placement, programArgs, quoted } from './Placement.js'

/** Installs the packages that the image lacks; torch is not replaced. */
export const install = 'pip install --quiet --requirement requirements.txt'

/** The command of a container: runs `torchrun` in the job's folder, with the options of this launcher. */
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
