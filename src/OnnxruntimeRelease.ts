/**
 * The release of onnxruntime-node that graft uses: its files in npm's registry, and where this machine's part is
 * stored.
 *
 * @since 0.1.0
 */
import * as path from 'node:path'
import * as E from 'fp-ts/lib/Either.js'

/** As named in the registry. `integrity` pins the tarball, so it may come from any mirror. */
export const onnxruntimeRelease = {
  name: 'onnxruntime-node',
  version: '1.30.0',
  integrity: 'sha512-twhs1C2C/BFkz1yc5OY0KIU2GUq6DURO7hD4bx5Q2Qy3nAMJwRXW8xU3NVczE29VA9lolLOYepoD8fjTGOfIqw==',
  /** Size of the tarball, which contains the libraries of all platforms. */
  bytes: 113_507_888
} as const

/** Any patch release of the tested minor version has the same operators and the same binding. */
export const isTested = (version: string): boolean => /^1\.30\.\d+$/.test(version)

/** The command that installs it, as typed in a project or in a clone of graft. */
export const INSTALL = 'npx --no -- graft engines --install'

/** The platforms with a library in the release, named by `process.platform` and `process.arch`. */
export const platforms: ReadonlyArray<string> = ['darwin-arm64', 'linux-arm64', 'linux-x64', 'win32-arm64', 'win32-x64']

/** The file that Node loads. */
export const BINDING = 'onnxruntime_binding.node'

/** The file that lists the others with their sizes; it is written last. */
export const MANIFEST = 'files.json'

/**
 * Returns whether a folder contains all files of its manifest in full; loading the result of an interrupted copy can
 * kill the process.
 */
export const isWhole = (manifest: string, sizeOf: (file: string) => number | undefined): boolean => {
  const sizes = E.tryCatch(() => JSON.parse(manifest) as unknown, E.toError)
  return (
    E.isRight(sizes) &&
    typeof sizes.right === 'object' &&
    sizes.right !== null &&
    BINDING in sizes.right &&
    Object.entries(sizes.right).every(([file, bytes]) => sizeOf(file) === bytes)
  )
}

/** This platform's folder in the tarball. */
export const folderInTarball = (platform: string, arch: string): string => `package/bin/napi-v6/${platform}/${arch}`

/** This platform's folder in graft's cache. */
export const folderInCache = (home: string, platform: string, arch: string): string =>
  path.join(home, 'engines', `${onnxruntimeRelease.name}-${onnxruntimeRelease.version}-${platform}-${arch}`)
