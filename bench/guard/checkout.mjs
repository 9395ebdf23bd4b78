// Another commit beside this one: a work tree in a scratch folder, with dependencies, built. Each is measured by its own benches, which know
// its entries.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

const run = (cwd, command, ...args) => {
  const { status, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  if (error || status !== 0) throw new Error(`${[command, ...args].join(' ')}: ${error ?? stderr.trim()}`)
}

const isSame = (commit, file) => spawnSync('git', ['diff', '--quiet', commit, '--', file], { cwd: root }).status === 0

/** What a commit's name stands for; an error where it names none. */
export const commitNamed = (name) => {
  const { status, stdout } = spawnSync(
    'git',
    ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`],
    {
      cwd: root,
      encoding: 'utf8'
    }
  )
  if (status !== 0) throw new Error(`--against names a commit of this clone, not ${name}`)
  return stdout.trim()
}

/** This checkout, built from what lies in it now. */
export const builtHere = () => {
  run(root, process.execPath, 'build.mjs', '--if-stale')
  return root
}

/** What guard runs in a checkout, with the same arguments and results in every commit that has it. */
const measures = ['step/start.mjs', 'step/graft_step.mjs', 'guard/load.mjs']

/** The commit in a folder that is not there yet. A commit from before these benches is measured by this one's. */
export const builtFrom = (commit, folder) => {
  run(root, 'git', 'worktree', 'add', '--detach', folder, commit)
  if (isSame(commit, 'package-lock.json')) symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir')
  else run(folder, 'npm', 'ci')
  run(folder, process.execPath, 'build.mjs')
  if (!measures.every((file) => existsSync(join(folder, 'bench', file))))
    cpSync(join(root, 'bench'), join(folder, 'bench'), { recursive: true })
  return folder
}

/** Takes the work tree away again; it may not have come to be. */
export const removed = (folder) => {
  spawnSync('git', ['worktree', 'remove', '--force', folder], { cwd: root })
}
