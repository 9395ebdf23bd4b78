/**
 * `toTorch`: training as a PyTorch program.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { FormatError } from '../../format/index.js'
import type { PlanError } from '../../plan/index.js'
import type { RecipeError } from '../../recipe/index.js'
import { jobError, type JobError } from './JobError.js'
import { jobJson } from './jobJson.js'
import { jobReadme } from './jobReadme.js'
import { checkJobSettings } from './JobSettings.js'
import { jobName, type Job } from './Job.js'
import { manifest } from './ManifestItem.js'
import type { TorchInput } from './TorchInput.js'

type Mistake = FormatError | PlanError | RecipeError | JobError

/** The user's own functions, which do not exist in Python. */
const opaque = ({
  loss,
  opt,
  metrics
}: Pick<TorchInput['training'], 'loss' | 'opt' | 'metrics'>): ReadonlyArray<JobError> => {
  const refused = (what: string, label: string, hint: string) =>
    jobError(
      what,
      `a built-in ${what}`,
      `the function labelled "${label}"`,
      `train with an engine of graft, or use ${hint}`
    )
  return [
    ...(loss._tag === 'CustomLoss' ? [refused('loss', loss.f.label, 'a loss such as crossEntropy')] : []),
    ...(opt._tag === 'CustomOptimiser' ? [refused('opt', opt.f.label, 'an optimiser such as adamW')] : []),
    ...metrics.flatMap(({ made, f }, i) =>
      made === null ? [refused(`metrics[${i}]`, f.label, 'a metric such as accuracy')] : []
    )
  ]
}

/**
 * Returns every mistake that prevents training as a job: settings that do not fit the batch size, and the user's own
 * functions. Empty if there are none.
 *
 * @example
 * import { accuracy, averageMetric } from 'graft-vision'
 * import { checkJob, jobSettings } from './index.js'
 *
 * const own = averageMetric('own', () => 0)
 * const training = { loss: { _tag: 'Mse' }, opt: { _tag: 'Lion', betas: [0.9, 0.99] }, metrics: [accuracy, own] } as const
 * const mistakes = checkJob(training, 64, jobSettings({ processes: 3 }))
 * assert.deepStrictEqual(mistakes.map(({ path }) => path), ['processes', 'metrics[1]'])
 *
 * @since 0.1.0
 */
export const checkJob = (
  training: Pick<TorchInput['training'], 'loss' | 'opt' | 'metrics'>,
  bs: number,
  settings: TorchInput['settings']
): ReadonlyArray<JobError> => [...checkJobSettings(bs)(settings), ...opaque(training)]

const requirements = 'torch>=2.4\ntorchvision>=0.19\nsafetensors>=0.4\nnumpy>=1.26\npillow>=10\n'

/**
 * Returns a job: the files of its folder, and what it needs to run. Equal inputs give equal bytes. `trainOn` makes the
 * input from a learner.
 *
 * Errors: `JobError` for settings that do not fit the batch size, for each of the user's own functions, by its label; every
 * mistake of the recipe.
 *
 * @example no-run
 * import { toTorch, type TorchInput } from 'graft-vision'
 *
 * declare const input: TorchInput
 * const job = toTorch(input)
 * assert.ok(job._tag === 'Right' && job.right.files.some(({ path }) => path === 'job.json'))
 *
 * @category jobs
 * @since 0.1.0
 */
export const toTorch = (input: TorchInput): E.Either<ReadonlyArray<Mistake>, Job> => {
  const mistakes = checkJob(input.training, input.data.spec.bs, input.settings)
  if (mistakes.length > 0) return E.left(mistakes)
  return pipe(
    jobJson(input),
    E.map((json): Job => {
      const name = jobName(`graft-${input.model.arch}-${input.fingerprints.run.slice(0, 8)}`)
      return {
        _tag: 'Job',
        name,
        module: 'graft_torch',
        settings: input.settings,
        files: [
          { path: 'graft.json', content: input.description },
          { path: 'job.json', content: `${JSON.stringify(json, null, 1)}\n` },
          { path: 'manifest.jsonl', content: manifest(input.data.train, input.data.valid) },
          { path: 'model.safetensors', content: input.checkpoint },
          ...(input.packed.length === 0 ? [] : [{ path: 'images.bin', content: input.packed }]),
          { path: 'requirements.txt', content: requirements },
          { path: 'README.md', content: jobReadme(name, input) },
          ...input.program
        ]
      }
    })
  )
}
