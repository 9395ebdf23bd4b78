/**
 * Finds a Python that can run jobs.
 *
 * @since 0.1.0
 */
import { resolve } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { jobError } from '../../emit/torch/index.js'
import type { GraftError } from '../../GraftError.js'
import type { HasProcesses } from '../../io/index.js'

const packages = ['torch', 'torchvision', 'safetensors', 'numpy', 'PIL'] as const

/** Prints the packages that are missing. It does not import them, which would take seconds. */
const program = `import importlib.util, sys
print(sys.version_info >= (3, 10), *[p for p in ${JSON.stringify(packages)} if importlib.util.find_spec(p) is None])`

const named = (name: string): string => (name === 'PIL' ? 'pillow' : name)

/**
 * Checks that a Python can run jobs: 3.10 or later, with torch, torchvision, safetensors, numpy and pillow. Error:
 * `JobError` with the packages to install.
 */
export const checkPython = (python: string): RTE.ReaderTaskEither<HasProcesses, GraftError, void> =>
  pipe(
    RTE.ask<HasProcesses>(),
    RTE.chainTaskEitherK(({ processes }) => async () => {
      const lines: Array<string> = []
      const started = await processes.spawn({ program: python, args: ['-c', program] }, (line) => () => {
        lines.push(line)
      })()
      if (E.isLeft(started))
        return E.left<GraftError>(
          jobError(
            python,
            'Python 3.10 or later, with torch',
            'no such program',
            'install Python, or pass its path: --python /path/to/python, or the environment variable PYTHON'
          )
        )
      const exit = await started.right.exit()
      const [recent, ...missing] = (lines.at(-1) ?? '').split(' ')
      if (exit._tag === 'Killed' || exit.code !== 0 || recent !== 'True')
        return E.left<GraftError>(
          jobError(
            python,
            'Python 3.10 or later',
            recent === 'False' ? 'an older version' : (lines.at(-1) ?? 'no output'),
            'pass another with --python or the environment variable PYTHON'
          )
        )
      return missing.length === 0
        ? E.right(undefined)
        : E.left<GraftError>(
            jobError(
              python,
              'Python with torch, torchvision, safetensors, numpy and pillow',
              `no ${missing.map(named).join(', ')}`,
              `run ${python} -m pip install ${missing.map(named).join(' ')}, or pass another Python with --python`
            )
          )
    })
  )

/** The Python to use: the given one, that of the environment variable `PYTHON`, or `python3`. */
export const pythonOf = (
  named: string | undefined,
  variables: Readonly<Record<string, string | undefined>>
): string => {
  const python = named ?? (variables['PYTHON'] || 'python3')
  // an absolute path, because the command is started in another folder
  return /[\\/]/.test(python) ? resolve(python) : python
}
