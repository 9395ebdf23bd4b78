/**
 * Training as a PyTorch program: the files of a job. This room knows the names of values in `job.json`; it must not
 * depend on tensors, files or processes.
 *
 * @since 0.1.0
 */
export { type Job, type JobFile, jobName } from './Job.js'
export { type JobError, jobError } from './JobError.js'
export {
  checkJobSettings,
  exactSettings,
  type FastSettings,
  fastSettings,
  jobSettings,
  nodeRange,
  type JobSettings,
  worldSize
} from './JobSettings.js'
export { type ImageRead, manifest, type ManifestItem, type ManifestPlace } from './ManifestItem.js'
export type { Fingerprints, JobData, JobTraining, TorchInput } from './TorchInput.js'
export { checkJob, toTorch } from './toTorch.js'
