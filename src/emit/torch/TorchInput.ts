/**
 * `TorchInput`: everything that a job is made from.
 *
 * @since 0.1.0
 */
import type { BatchView, DataSpec, Legend, Stats, Task } from '../../data/index.js'
import type { ResolvedModel } from '../../format/index.js'
import type { Metric } from '../../interpret/index.js'
import type { Plan } from '../../plan/index.js'
import type { Loss, Optimiser, Recipe } from '../../recipe/index.js'
import type { JobFile } from './Job.js'
import type { JobSettings } from './JobSettings.js'
import type { ManifestItem } from './ManifestItem.js'

/**
 * The data of a job: opened, with the place of every image.
 *
 * @category jobs
 * @since 0.1.0
 */
export interface JobData {
  readonly spec: DataSpec
  readonly task: Task
  readonly shape: readonly [channels: number, height: number, width: number]
  readonly stats: Stats
  /** The classes of masks; null if there are no masks. */
  readonly legend: Legend | null
  readonly train: ReadonlyArray<ManifestItem>
  readonly valid: ReadonlyArray<ManifestItem>
}

/**
 * The training settings of a job.
 *
 * @category jobs
 * @since 0.1.0
 */
export interface JobTraining {
  readonly loss: Loss
  readonly opt: Optimiser
  readonly metrics: ReadonlyArray<Metric>
  readonly batchViews: ReadonlyArray<BatchView>
  readonly wd: number
  readonly bnWd: boolean
  readonly trueWd: boolean
  readonly clip: number | null
  readonly seed: number
}

/**
 * Hashes of the run, its data, recipe and settings. Saved files contain them, so that graft recognises the files of this
 * job.
 *
 * @category jobs
 * @since 0.1.0
 */
export interface Fingerprints {
  readonly run: string
  readonly data: string
  readonly contents: string
  readonly settings: string
  readonly recipe: string
  /** The measured costs of the engine that made the job; absent for the built-in costs. */
  readonly costs?: string
}

/**
 * A model, data, a recipe and settings, with everything that comes from files already read.
 *
 * @category jobs
 * @since 0.1.0
 */
export interface TorchInput {
  readonly plan: Plan
  readonly model: ResolvedModel
  /** The model for each image size that the recipe sets. */
  readonly resized: ReadonlyArray<ResolvedModel>
  readonly data: JobData
  readonly training: JobTraining
  readonly recipe: Recipe.Recipe
  readonly settings: JobSettings
  readonly fingerprints: Fingerprints
  /** The text of `graft.json`. */
  readonly description: string
  /** The bytes of a checkpoint: initial parameters, optimiser state and the position in the recipe. */
  readonly checkpoint: Uint8Array
  /** The bytes of the images that Python cannot read in place (`images.bin`); empty if there are none. */
  readonly packed: Uint8Array
  /** The files of the Python program, below `graft_torch`. */
  readonly program: ReadonlyArray<JobFile>
}
