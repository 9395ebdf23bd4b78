/** How the command was invoked, so that the commands it suggests work. */
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

type Variables = Readonly<Record<string, string | undefined>>

const isOnPath = (env: Variables): boolean =>
  (env['PATH'] ?? '')
    .split(delimiter)
    .some((folder) => folder !== '' && ['graft', 'graft.cmd'].some((name) => existsSync(join(folder, name))))

/** `graft` if it is installed globally, otherwise with the runner that finds a project's commands: npx or pnpm. */
export const invocation = (env: Variables = process.env): string => {
  const agent = env['npm_config_user_agent']
  if (agent?.startsWith('pnpm') === true) return 'pnpm exec graft'
  // npm adds a project's commands to the path only while it runs one
  return agent === undefined && isOnPath(env) ? 'graft' : 'npx --no -- graft'
}
