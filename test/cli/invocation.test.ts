import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { invocation } from '../../src/cli/output/invocation.js'
import { workplace } from '../io/workplace.js'

const folder = workplace()
writeFileSync(join(folder, 'graft'), '')

it.each([
  ['graft', 'where it is on the path', { PATH: folder }],
  ['npx --no -- graft', 'where it is not', { PATH: '/nowhere' }],
  ['npx --no -- graft', 'under npm, which puts it on the path', { PATH: folder, npm_config_user_agent: 'npm/11.0.0' }],
  ['pnpm exec graft', 'under pnpm', { PATH: folder, npm_config_user_agent: 'pnpm/10.0.0' }]
])('is typed as %s %s', (typed, _, env) => {
  expect(invocation(env)).toBe(typed)
})
