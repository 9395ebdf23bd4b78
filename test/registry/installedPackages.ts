/** What this clone has installed, as a registry would publish it. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { create } from 'tar'
import type { Published } from './registry.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

type Manifest = Published['manifest'] & { readonly scripts?: unknown }

/** A tarball of a folder, packed with as little work as possible. */
export const packFolder = async (folder: string): Promise<Uint8Array> => {
  const chunks: Array<Uint8Array> = []
  for await (const chunk of create(
    {
      cwd: folder,
      prefix: 'package',
      portable: true,
      gzip: { level: 1 },
      filter: (path) => !/node_modules/.test(path)
    },
    ['.']
  ))
    chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** Of other platforms' packages there is no more than the lock file says, which is what decides not to install them. */
const published = (path: string, locked: object): Published => {
  const folder = join(root, path)
  const name = path.split('node_modules/').at(-1)!
  return existsSync(folder)
    ? {
        manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest,
        tarball: () => packFolder(folder)
      }
    : {
        manifest: { name, ...(locked as { readonly version: string }) },
        tarball: () => Promise.resolve(new Uint8Array())
      }
}

/** Every installed version of a package that is needed beyond the development of graft. */
export const installedPackages = (): ((name: string) => ReadonlyArray<Published>) => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, object>>
  }
  return (name) =>
    Object.entries(packages)
      .filter(([path]) => path === `node_modules/${name}` || path.endsWith(`/node_modules/${name}`))
      .map(([path, locked]) => published(path, locked))
}
