/**
 * How the command was reached, so that what it tells people to type works for them.
 */
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

type Variables = Readonly<Record<string, string | undefined>>

const isOnPath = (env: Variables): boolean =>
  (env['PATH'] ?? '')
    .split(delimiter)
    .some((folder) => folder !== '' && ['graft', 'graft.cmd'].some((name) => existsSync(join(folder, name))))

/** `graft` where it is installed for everyone, else with what finds a project's own: npx, or pnpm. */
export const invocation = (env: Variables = process.env): string => {
  const agent = env['npm_config_user_agent']
  if (agent?.startsWith('pnpm') === true) return 'pnpm exec graft'
  // npm puts a project's commands on the path, but only while it runs one
  return agent === undefined && isOnPath(env) ? 'graft' : 'npx --no -- graft'
}
