/**
 * `Launcher`: where and how a job runs, as data.
 *
 * @since 0.1.0
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Eq } from 'fp-ts/lib/Eq.js'
import type { Show } from 'fp-ts/lib/Show.js'
import { eqValue, foldUnion, showValue } from '../../Value.js'
import { type Job, jobError, type JobError, type JobSettings, nodeRange } from '../torch/index.js'
import { type Hf, hfText } from './hf.js'
import { type Kubernetes, kubernetesYaml } from './kubernetes.js'
import type { Placement } from './Placement.js'
import { type Ray, rayText } from './ray.js'
import { type Sky, skyYaml } from './sky.js'
import { type Torchrun, torchrunText } from './torchrun.js'

/**
 * Where and how a job runs: one of five services or programs.
 *
 * @category jobs
 * @since 0.1.0
 */
export type Launcher = Torchrun | Ray | Kubernetes | Hf | Sky

/**
 * Folds a launcher: one function for each case.
 *
 * @example
 * import { Fold, torchrun } from 'graft-vision'
 *
 * const no = () => false
 * const isLocal = Fold.launcher({ Torchrun: () => true, Ray: no, Kubernetes: no, Hf: no, Sky: no })
 * assert.ok(isLocal(torchrun()))
 *
 * @category folds
 * @since 0.1.0
 */
export const foldLauncher = /*#__PURE__*/ foldUnion<Launcher>()

/** Checks that a launcher can run jobs with some settings: only with torchrun, the number of machines may change. */
export const checkLauncher =
  ({ _tag }: Launcher) =>
  (settings: JobSettings): E.Either<JobError, void> =>
    _tag === 'Torchrun' || nodeRange(settings) === String(settings.nodes)
      ? E.right(undefined)
      : E.left(
          jobError(
            'nodes',
            `a fixed number of nodes, which ${_tag} needs`,
            nodeRange(settings),
            `use ${settings.nodes} nodes, or torchrun on machines of your own`
          )
        )

/**
 * Returns the text that starts a job: a shell command, HTTP requests, or YAML. It contains no tokens. Error: `JobError` if
 * the launcher cannot run the job.
 *
 * @example
 * import { launchText, torchrun } from 'graft-vision'
 * import { jobSettings } from 'graft-vision'
 * import * as E from 'fp-ts/lib/Either.js'
 *
 * const job = { _tag: 'Job', name: 'pets', files: [], module: 'graft_torch', settings: jobSettings() } as const
 * const text = launchText(torchrun())(job, { folder: 'job', dataRoot: '/images', out: null })
 * assert.ok(E.isRight(text) && text.right.startsWith('cd job\n'))
 *
 * @category jobs
 * @since 0.1.0
 */
export const launchText =
  (launcher: Launcher) =>
  (job: Job, at: Placement): E.Either<JobError, string> =>
    pipe(
      checkLauncher(launcher)(job.settings),
      E.chain(() =>
        foldLauncher<E.Either<JobError, string>>({
          Torchrun: (t) => E.right(torchrunText(t)(job, at)),
          Ray: (r) => E.right(rayText(r)(job, at)),
          Kubernetes: (k) => kubernetesYaml(k)(job, at),
          Hf: (h) => hfText(h)(job),
          Sky: (s) => E.right(skyYaml(s)(job, at))
        })(launcher)
      )
    )

/**
 * Equality of launchers.
 *
 * @category instances
 * @since 0.1.0
 */
export const eqLauncher: Eq<Launcher> = eqValue()

/** A launcher without its token. */
const withoutToken = (launcher: Launcher): Launcher =>
  'token' in launcher && launcher.token !== null ? { ...launcher, token: '...' } : launcher

/**
 * Shows a launcher as a record literal, without its token.
 *
 * @category instances
 * @since 0.1.0
 */
export const showLauncher: Show<Launcher> = { show: (launcher) => showValue(withoutToken(launcher)) }
