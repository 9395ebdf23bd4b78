/** Flags that choose a launcher and set its options. */
import { Option } from 'commander'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { hf, kubernetes, type Launcher, ray, sky, torchrun } from '../../emit/launch/index.js'
import type { GraftError, Mistake } from '../../GraftError.js'
import { pythonOf, settingError, type ServiceTokens } from '../../learn/index.js'
import { given, oneOf, positive, readFlags, refused, whole, type Read } from './flags.js'

/** The flags as typed. */
export interface LauncherFlags {
  readonly to?: string
  readonly python?: string
  readonly maxRestarts?: string
  readonly rdzvEndpoint?: string
  readonly address?: string
  readonly storage?: string
  readonly pip?: string
  readonly kind?: string
  readonly namespace?: string
  readonly runtime?: string
  readonly image?: string
  readonly claim?: string
  readonly mountPath?: string
  readonly cpus?: string
  readonly memory?: string
  readonly repo?: string
  readonly dataRepo?: string
  readonly flavor?: string
  readonly timeout?: string
  readonly accelerator?: string
  readonly spot?: boolean
  readonly infra?: string
  readonly bucket?: string
}

/** The names of the launchers. */
export const launcherNames = ['torchrun', 'ray', 'kubernetes', 'hf', 'sky'] as const

const hour = 3600

const read = (flags: LauncherFlags) =>
  readFlags({
    to: oneOf('--to', launcherNames)(flags.to),
    maxRestarts: whole('--max-restarts', 0, '3')(flags.maxRestarts),
    kind: oneOf('--kind', ['TrainJob', 'Job'])(flags.kind),
    cpus: whole('--cpus', 1, '8')(flags.cpus),
    timeout: positive('--timeout', '24')(flags.timeout),
    repo: repository('--repo')(flags.repo),
    dataRepo: repository('--data-repo')(flags.dataRepo)
  })

/** A repository on the Hub: `user/name`. */
const repository =
  (flag: string) =>
  (text: string | undefined): Read<string | undefined> =>
    text === undefined || /^[\w.-]+\/[\w.-]+$/.test(text)
      ? E.right(text)
      : refused(flag, 'a Hugging Face repository, user/name', text, 'me/pets')

const needed = (flag: string, what: string, example: string): Mistake =>
  settingError(flag, what, 'nothing', `write e.g. ${flag} ${example}`)

const present =
  (flag: string, what: string, example: string) =>
  (text: string | undefined): Read<string> =>
    text === undefined ? E.left([needed(flag, what, example)]) : E.right(text)

/** The launcher that the flags describe; tokens come from the environment. */
export const launcherOf = (flags: LauncherFlags, tokens: ServiceTokens): E.Either<GraftError, Launcher> => {
  const values = read(flags)
  if (E.isLeft(values)) return values
  const { to, maxRestarts, kind, cpus, timeout, repo, dataRepo } = values.right
  const { address, storage, pip, namespace, runtime, image, claim, mountPath, memory } = flags
  switch (to) {
    case undefined:
      return E.left(needed('--to', `one of ${launcherNames.join(', ')}`, 'torchrun'))
    case 'torchrun':
      return E.right(
        torchrun({
          python: pythonOf(flags.python, process.env),
          ...given({ rendezvous: flags.rdzvEndpoint, maxRestarts })
        })
      )
    case 'ray': {
      const packages = pip?.split(',').map((name) => name.trim())
      return E.right(ray({ ...given({ address, storage, pip: packages }), token: tokens.ray }))
    }
    case 'kubernetes':
      return E.right(kubernetes(given({ kind, namespace, runtime, image, claim, mountPath, cpus, memory })))
    case 'hf':
      return pipe(
        readFlags({
          repo: present('--repo', 'the model repository for the job and its run', 'me/pets')(repo),
          dataRepo: present('--data-repo', 'the dataset repository with the images', 'me/pet-images')(dataRepo)
        }),
        E.map((repositories) =>
          hf({
            ...repositories,
            ...{ namespace: namespace ?? repositories.repo.split('/')[0]!, token: tokens.hf },
            ...given({
              image,
              flavor: flags.flavor,
              timeoutSeconds: timeout === undefined ? undefined : Math.ceil(timeout * hour),
              hubUrl: process.env['HF_ENDPOINT'] || undefined
            })
          })
        )
      )
    case 'sky':
      return E.right(
        sky(given({ accelerator: flags.accelerator, spot: flags.spot, infra: flags.infra, bucket: flags.bucket }))
      )
  }
}

/** Options of `graft job`, under headings of its help. */
export const launcherOptions = (): Readonly<Record<string, ReadonlyArray<Option>>> => ({
  'Launcher:': [
    new Option('--to <launcher>', `where the job runs: ${launcherNames.join(', ')}`),
    new Option('--data-root <path>', 'the folder of the images on the machines that run the job (default: as here)'),
    new Option(
      '--nodes <n>',
      'number of machines, or MIN:MAX with torchrun: the job continues with as many as there are (default: 1)'
    ),
    new Option('--submit', 'submit the job to ray or hf')
  ],
  'torchrun:': [
    new Option('--max-restarts <n>', 'how often all processes restart after a failure (default: 3)'),
    new Option('--rdzv-endpoint <host:port>', 'with several machines: the one where processes find each other')
  ],
  'Ray:': [
    new Option('--address <url>', 'the dashboard of the cluster (default: http://127.0.0.1:8265)'),
    new Option('--storage <dir>', 'a folder that all machines share, for the run (default: /tmp/graft-runs)'),
    new Option('--pip <packages>', 'packages that Ray installs for the job, separated by commas (default: none)')
  ],
  'Kubernetes:': [
    new Option('--kind <kind>', 'TrainJob of Kubeflow Trainer (default), or Job for one machine'),
    new Option(
      '--namespace <name>',
      "the namespace (default: that of kubectl's context); with hf, the account that is billed"
    ),
    new Option('--runtime <name>', 'the ClusterTrainingRuntime (default: torch-distributed)'),
    new Option('--image <name>', 'the image of the container, with torch'),
    new Option('--claim <name>', 'the PersistentVolumeClaim of the job and the images (default: graft)'),
    new Option('--mount-path <dir>', 'where the volume is mounted (default: /graft)'),
    new Option('--cpus <n>', 'CPUs of each machine'),
    new Option('--memory <size>', 'memory of each machine, such as 32Gi')
  ],
  'Hugging Face Jobs:': [
    new Option('--repo <user/name>', 'the model repository for the job and its run'),
    new Option('--data-repo <user/name>', 'the dataset repository with the images'),
    new Option('--flavor <name>', 'the machine (default: t4-small)'),
    new Option('--timeout <hours>', 'time limit of the job, in hours (default: 24)')
  ],
  'SkyPilot:': [
    new Option('--accelerator <name>', 'the type of GPU (default: A100)'),
    new Option('--spot', 'use spot instances, which cost less and may be preempted'),
    new Option('--infra <place>', 'a cloud, a region or a zone, such as aws/us-east-1 (default: the cheapest)'),
    new Option('--bucket <url>', 'a bucket for the run, which outlives the machines')
  ]
})
