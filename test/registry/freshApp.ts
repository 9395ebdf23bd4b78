/** Empty folders to install the packed package into, as it would be published, from a registry of this machine alone. */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installedPackages } from './installedPackages.js'
import { openRegistry, type Published } from './registry.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface Ended {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Does not block: the registry is in this process. */
export const command = (
  name: string,
  args: ReadonlyArray<string>,
  cwd: string,
  env: NodeJS.ProcessEnv
): Promise<Ended> =>
  new Promise((resolve) =>
    execFile(
      name,
      args,
      { cwd, env, encoding: 'utf8', shell: process.platform === 'win32', maxBuffer: 2 ** 26 },
      (error, stdout, stderr) =>
        resolve({ status: error === null ? 0 : typeof error.code === 'number' ? error.code : 1, stdout, stderr })
    )
  )

/** No process may look for another host. */
const lonely = `
const net = require('node:net')
const connect = net.Socket.prototype.connect
net.Socket.prototype.connect = function (...args) {
  const { host, path } = [].concat(...args).find((arg) => arg && typeof arg === 'object') ?? {}
  if (!path && host !== '127.0.0.1') throw new Error('no host but the registry: ' + host)
  return connect.apply(this, args)
}
`

export interface Shop {
  /** An environment that knows the registry alone; `home` is graft's cache. */
  readonly alone: (home: string) => NodeJS.ProcessEnv
  /** A new folder with a package.json. */
  readonly emptyApp: (name: string) => string
  /** False where the engine's tarball can be had neither from npm's cache nor from its registry. */
  readonly hasEngine: boolean
}

/** What the readme installs. */
export const installed = ['graft-vision', 'fp-ts', '@tensorflow/tfjs-core'] as const

/** Packs graft as it would be published, and opens the registry; everything lies below `folder`. */
export const openShop = async (folder: string): Promise<Shop> => {
  if (!existsSync(join(root, 'dist'))) throw new Error('build graft first: npm run build')
  writeFileSync(join(folder, 'npmrc'), '')
  writeFileSync(join(folder, 'alone.cjs'), lonely)
  const pack = (...args: ReadonlyArray<string>) =>
    command(
      'npm',
      ['pack', '--ignore-scripts', '--prefer-offline', '--pack-destination', folder, ...args],
      root,
      process.env
    )
  const packed = await pack()
  if (packed.status !== 0) throw new Error(packed.stderr)
  // no other tarball will do than the one that npm has, and that npm ci has left in npm's cache
  const hasEngine = (await pack('onnxruntime-node@1.30.0')).status === 0
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Published['manifest']
  const others = installedPackages()
  const from = (given: Published['manifest']): ReadonlyArray<Published> => [
    { manifest: given, tarball: () => readFile(join(folder, `${given.name}-${given.version}.tgz`)) }
  ]
  const { url } = await openRegistry((name) => {
    if (name === manifest.name) return from(manifest)
    if (name === 'onnxruntime-node') return hasEngine ? from({ name, version: '1.30.0' }) : []
    return others(name)
  })
  return {
    hasEngine,
    alone: (home) => ({
      // an npm that runs the tests passes its own settings on
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.toLowerCase().startsWith('npm_'))),
      npm_config_registry: url,
      npm_config_cache: join(folder, 'npm'),
      npm_config_userconfig: join(folder, 'npmrc'),
      NODE_OPTIONS: `--require "${join(folder, 'alone.cjs')}"`,
      NO_PROXY: '127.0.0.1',
      GRAFT_HOME: home,
      GRAFT_ASSETS: ''
    }),
    emptyApp: (name) => {
      const app = join(folder, name)
      mkdirSync(app)
      writeFileSync(join(app, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
      writeFileSync(join(app, '.npmrc'), `registry=${url}\n`)
      return app
    }
  }
}
