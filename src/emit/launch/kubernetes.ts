/**
 * `kubernetes`: runs a job as a `TrainJob` of Kubeflow Trainer v2, or as a plain `Job` on one machine.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { stringify } from 'yaml'
import { type Job, jobError, type JobError } from '../torch/index.js'
import type { Placement } from './Placement.js'
import { containerCommand } from './setup.js'

/**
 * A Kubernetes cluster. The job's folder and the images are on a volume that its machines share.
 *
 * @category jobs
 * @since 0.1.0
 */
export interface Kubernetes {
  readonly _tag: 'Kubernetes'
  /** `TrainJob` needs Kubeflow Trainer 2.2 or later; `Job` (batch/v1) needs no extension, and runs on one machine. */
  readonly kind: 'TrainJob' | 'Job'
  /** Null: the namespace of kubectl's context. */
  readonly namespace: string | null
  /** The `ClusterTrainingRuntime` of a `TrainJob`. */
  readonly runtime: string
  /** The image of the container, with torch; null: the runtime's, or `pytorch/pytorch` for a `Job`. */
  readonly image: string | null
  /** The PersistentVolumeClaim of the volume with the job's folder and the images. */
  readonly claim: string
  /** Where the volume is mounted. */
  readonly mountPath: string
  /** CPUs of each machine; null: not requested. */
  readonly cpus: number | null
  /** Memory of each machine, such as `32Gi`; null: not requested. */
  readonly memory: string | null
}

/**
 * Runs a job on Kubernetes. Defaults: a `TrainJob` of the runtime `torch-distributed`, a claim `graft` mounted at
 * `/graft`.
 *
 * @example
 * import { kubernetes } from 'graft-vision'
 *
 * assert.strictEqual(kubernetes({ kind: 'Job' }).mountPath, '/graft')
 *
 * @category jobs
 * @since 0.1.0
 */
export const kubernetes = (options: Partial<Omit<Kubernetes, '_tag'>> = {}): Kubernetes => ({
  _tag: 'Kubernetes',
  kind: 'TrainJob',
  namespace: null,
  runtime: 'torch-distributed',
  image: null,
  claim: 'graft',
  mountPath: '/graft',
  cpus: null,
  memory: null,
  ...options
})

const ourImage = 'pytorch/pytorch:2.9.1-cuda12.8-cudnn9-runtime'

/** Resource requests of each machine; Kubernetes requires GPUs to be limits as well. */
const resources = ({ cpus, memory }: Kubernetes, { settings: { gpus } }: Job): object => {
  const of = {
    ...(cpus === null ? {} : { cpu: String(cpus) }),
    ...(memory === null ? {} : { memory }),
    ...(gpus === 0 ? {} : { 'nvidia.com/gpu': String(gpus) })
  }
  return Object.keys(of).length === 0 ? {} : { requests: of, ...(gpus === 0 ? {} : { limits: of }) }
}

/** The shared volume, and shared memory through which data-loading processes pass images on. */
const volumes = ({ claim }: Kubernetes): ReadonlyArray<object> => [
  { name: 'graft', persistentVolumeClaim: { claimName: claim } },
  { name: 'shm', emptyDir: { medium: 'Memory' } }
]

const volumeMounts = ({ mountPath }: Kubernetes): ReadonlyArray<object> => [
  { name: 'graft', mountPath },
  { name: 'shm', mountPath: '/dev/shm' }
]

const metadata = ({ namespace }: Kubernetes, { name }: Job): object => ({
  name,
  ...(namespace === null ? {} : { namespace }),
  labels: { 'app.kubernetes.io/managed-by': 'graft' }
})

const restarts = ['--max-restarts', '3']

const trainJob = (k: Kubernetes, job: Job, at: Placement): object => {
  const { nodes, processes } = job.settings
  const its = resources(k, job)
  return {
    apiVersion: 'trainer.kubeflow.org/v1alpha1',
    kind: 'TrainJob',
    metadata: metadata(k, job),
    spec: {
      runtimeRef: { apiGroup: 'trainer.kubeflow.org', kind: 'ClusterTrainingRuntime', name: k.runtime },
      trainer: {
        ...(k.image === null ? {} : { image: k.image }),
        // torchrun reads the numbers of machines and processes, and the rendezvous address, from variables that the runtime sets
        command: containerCommand(job, at, restarts),
        numNodes: nodes,
        numProcPerNode: processes,
        ...(Object.keys(its).length === 0 ? {} : { resourcesPerNode: its })
      },
      runtimePatches: [
        {
          manager: 'graft',
          trainingRuntimeSpec: {
            template: {
              spec: {
                replicatedJobs: [
                  {
                    name: 'node',
                    template: {
                      spec: {
                        template: {
                          spec: {
                            volumes: volumes(k),
                            containers: [{ name: 'node', volumeMounts: volumeMounts(k) }]
                          }
                        }
                      }
                    }
                  }
                ]
              }
            }
          }
        }
      ]
    }
  }
}

const plainJob = (k: Kubernetes, job: Job, at: Placement): object => {
  const its = resources(k, job)
  const command = ['--standalone', '--nproc-per-node', String(job.settings.processes), ...restarts]
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: metadata(k, job),
    spec: {
      // if a machine is lost, the job continues from its checkpoint on another one
      backoffLimit: 3,
      template: {
        spec: {
          restartPolicy: 'Never',
          volumes: volumes(k),
          containers: [
            {
              name: 'graft',
              image: k.image ?? ourImage,
              command: containerCommand(job, at, command),
              ...(Object.keys(its).length === 0 ? {} : { resources: its }),
              volumeMounts: volumeMounts(k)
            }
          ]
        }
      }
    }
  }
}

/**
 * Returns the Kubernetes object of a job. Error: `JobError` for a plain `Job` on several machines.
 *
 * @example
 * import { kubernetes, kubernetesObject } from 'graft-vision'
 * import { jobSettings } from 'graft-vision'
 *
 * const job = { _tag: 'Job', name: 'pets', files: [], module: 'graft_torch', settings: jobSettings({ nodes: 2 }) } as const
 * const at = { folder: '/graft/pets', dataRoot: '/graft/images', out: null }
 * assert.strictEqual(kubernetesObject(kubernetes())(job, at)._tag, 'Right')
 * assert.strictEqual(kubernetesObject(kubernetes({ kind: 'Job' }))(job, at)._tag, 'Left')
 *
 * @category jobs
 * @since 0.1.0
 */
export const kubernetesObject =
  (k: Kubernetes) =>
  (job: Job, at: Placement): E.Either<JobError, object> =>
    k.kind === 'TrainJob'
      ? E.right(trainJob(k, job, at))
      : job.settings.nodes === 1
        ? E.right(plainJob(k, job, at))
        : E.left(
            jobError(
              'nodes',
              'one node for a Job of batch/v1',
              String(job.settings.nodes),
              'use a TrainJob, or one node with more processes'
            )
          )

/** The Kubernetes object as YAML. */
export const kubernetesYaml =
  (k: Kubernetes) =>
  (job: Job, at: Placement): E.Either<JobError, string> =>
    E.map((value: object) => stringify(value, { lineWidth: 0, aliasDuplicateObjects: false }))(
      kubernetesObject(k)(job, at)
    )
