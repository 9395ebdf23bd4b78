/** Flags for training with PyTorch: processes, GPUs and speed. */
import { Option } from 'commander'
import * as E from 'fp-ts/lib/Either.js'
import { exactSettings, fastSettings, type JobSettings, jobSettings } from '../../emit/torch/index.js'
import { given, oneOf, optional, positive, type Read, refused, whole } from './flags.js'

/** The flags as typed. */
export interface TorchFlags {
  readonly nodes?: string
  readonly procs?: string
  readonly gpus?: string
  readonly syncBn?: boolean
  readonly fast?: boolean
  readonly precision?: string
  readonly channelsLast?: boolean
  readonly tf32?: boolean
  readonly compile?: boolean
  readonly fused?: boolean
  readonly pinMemory?: boolean
  readonly checkpointSeconds?: string
  readonly python?: string
}

/** A number of machines, or the smallest and the largest, as `torchrun --nnodes` has them. */
const nodesFlag: (text: string | undefined) => Read<Pick<JobSettings, 'nodes' | 'minNodes'> | undefined> = optional(
  (text) => {
    const [least = 0, most = least] = (/^(\d+)(?::(\d+))?$/.exec(text) ?? [])
      .slice(1)
      .flatMap((digits: string | undefined) => (digits === undefined ? [] : [Number(digits)]))
    return least >= 1 && most >= least
      ? E.right({ nodes: most, minNodes: text.includes(':') ? least : null })
      : refused('--nodes', 'a number of machines, or the smallest and the largest: MIN:MAX', text, '2, or --nodes 1:4')
  }
)

export const readTorchFlags = (flags: TorchFlags) => ({
  nodes: nodesFlag(flags.nodes),
  procs: whole('--procs', 1, '2')(flags.procs),
  gpus: whole('--gpus', 0, '1')(flags.gpus),
  syncBn: E.right(flags.syncBn),
  precision: oneOf('--precision', ['fp32', 'bf16', 'fp16'])(flags.precision),
  checkpointSeconds: positive('--checkpoint-seconds', '60')(flags.checkpointSeconds)
})

type Values<R> = { readonly [K in keyof R]: R[K] extends E.Either<unknown, infer A> ? A : never }

/** The settings of a job. `threads` and `workers` come from the flags of `graft train`. */
export const settingsOf = (
  flags: TorchFlags,
  n: Values<ReturnType<typeof readTorchFlags>> & {
    readonly threads: number | undefined
    readonly workers: number | undefined
  }
): JobSettings =>
  jobSettings({
    ...n.nodes,
    ...given({ processes: n.procs, gpus: n.gpus, syncBn: n.syncBn, threads: n.threads }),
    ...given({ checkpointSeconds: n.checkpointSeconds }),
    fast: {
      ...(flags.fast === true ? fastSettings : exactSettings),
      ...given({
        precision: n.precision,
        workers: n.workers,
        channelsLast: flags.channelsLast,
        tf32: flags.tf32,
        compile: flags.compile,
        fusedOptimiser: flags.fused,
        pinMemory: flags.pinMemory
      })
    }
  })

/** The first given flag that has an effect only with PyTorch, or undefined. */
export const idleTorchFlag = (flags: TorchFlags): string | undefined => {
  const its = torchOptions().map((option) => [option.attributeName(), option.long ?? ''] as const)
  return its.find(([name]) => flags[name as keyof TorchFlags] !== undefined)?.[1]
}

/** Options for training with PyTorch. */
export const torchOptions = (): ReadonlyArray<Option> => [
  new Option('--procs <n>', 'processes on each machine, which share each batch (default: one per GPU, or one)'),
  new Option('--gpus <n>', 'GPUs on each machine (default: 0, which trains on the CPU)'),
  new Option('--sync-bn', 'batch norms use the images of all processes (the default if there are several)'),
  new Option('--no-sync-bn', 'batch norms use only the images of their own process'),
  new Option(
    '--fast',
    'all that is fast on a GPU: bf16, channels last, TF32, torch.compile, fused optimiser, pinned memory'
  ),
  new Option('--precision <name>', 'precision of activations: fp32 (default), bf16 or fp16'),
  ...(
    [
      ['channels-last', 'store images and activations pixel by pixel'],
      ['tf32', 'round float32 products to TensorFloat-32'],
      ['compile', 'use torch.compile'],
      ['fused', 'use the fused optimiser'],
      ['pin-memory', 'use pinned memory for batches']
    ] as const
  ).flatMap(([name, what]) => [
    new Option(`--${name}`, what),
    new Option(`--no-${name}`, `with --fast, do not ${what}`).hideHelp()
  ]),
  new Option('--checkpoint-seconds <n>', 'seconds between checkpoints (default: 60)'),
  new Option('--python <program>', 'the Python interpreter (default: the environment variable PYTHON, or python3)')
]
