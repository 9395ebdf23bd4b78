/**
 * What a job is made of.
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
 * Data as a job needs them: opened, with every image's place.
 *
 * @category jobs
 * @since 0.1.0
 */
export interface JobData {
  readonly spec: DataSpec
  readonly task: Task
  readonly shape: readonly [channels: number, height: number, width: number]
  readonly stats: Stats
  /** The classes of masks; null: there are no masks. */
  readonly legend: Legend | null
  readonly train: ReadonlyArray<ManifestItem>
  readonly valid: ReadonlyArray<ManifestItem>
}

/**
 * Settings of training that a job needs.
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
 * What saved files contain besides the model, so that graft recognises those of this job: hashes of the run, its data,
 * recipe and settings.
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
  /** The measured costs of the engine that made the job; absent: the built-in ones. */
  readonly costs?: string
}

/**
 * A training, with everything that is read from files already read.
 *
 * @category jobs
 * @since 0.1.0
 */
export interface TorchInput {
  readonly plan: Plan
  readonly model: ResolvedModel
  /** The model for images of each size that the recipe sets. */
  readonly resized: ReadonlyArray<ResolvedModel>
  readonly data: JobData
  readonly training: JobTraining
  readonly recipe: Recipe.Recipe
  readonly settings: JobSettings
  readonly fingerprints: Fingerprints
  /** The text of `graft.json`. */
  readonly description: string
  /** The bytes of a checkpoint: the parameters to start from, the optimiser's state and the position in the recipe. */
  readonly checkpoint: Uint8Array
  /** Images that the data set does not have as bytes of its files; empty: none. */
  readonly packed: Uint8Array
  /** The Python program, below `graft_torch`. */
  readonly program: ReadonlyArray<JobFile>
}
