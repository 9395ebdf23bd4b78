/**
 * Errors of the file system, the network, archives and encoders.
 *
 * @since 0.1.0
 */
import { explained, type Explained } from '../Explained.js'

/**
 * An error of the operating system or the network. `path` is the file, folder or URL.
 *
 * @category errors
 * @since 0.1.0
 */
export type IoError =
  | Explained<'NotFound'>
  | Explained<'NotAllowed'>
  | Explained<'DiskFull'>
  | Explained<'NotAFile'>
  | Explained<'NotAFolder'>
  | Explained<'AlreadyExists'>
  | Explained<'IoFailure'>
  | Explained<'Unreachable'>
  | Explained<'ArchiveMismatch'>
  | Explained<'BadArchive'>
  | Explained<'UnsafeArchive'>
  | Explained<'WeightsMismatch'>
  | Explained<'WeightsNotFound'>

export const notFound = explained('NotFound')
export const notAllowed = explained('NotAllowed')
export const diskFull = explained('DiskFull')
export const notAFile = explained('NotAFile')
export const notAFolder = explained('NotAFolder')
export const alreadyExists = explained('AlreadyExists')
export const ioFailure = explained('IoFailure')
export const unreachable = explained('Unreachable')
export const archiveMismatch = explained('ArchiveMismatch')
export const badArchive = explained('BadArchive')
export const unsafeArchive = explained('UnsafeArchive')
export const weightsMismatch = explained('WeightsMismatch')
export const weightsNotFound = explained('WeightsNotFound')

/** Node's code of a failed system call. */
export const codeOf = (cause: unknown): string =>
  typeof cause === 'object' && cause !== null && 'code' in cause && typeof cause.code === 'string' ? cause.code : ''

/** The message of a thrown value. */
export const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

/**
 * The error for a failed system call, by Node's code.
 *
 * @example
 * import { Io } from 'graft-vision/node'
 *
 * assert.strictEqual(Io.fromSystem('out')({ code: 'ENOSPC' })._tag, 'DiskFull')
 *
 * @category capabilities
 * @since 0.1.0
 */
export const fromSystem =
  (path: string) =>
  (cause: unknown): IoError => {
    const code = codeOf(cause)
    switch (code) {
      case 'ENOENT':
        return notFound(path, 'an existing file or folder', 'nothing', 'check the path')
      case 'EACCES':
      case 'EPERM':
        return notAllowed(path, 'permission', `none (${code})`, 'change the permissions, or name another folder')
      case 'EROFS':
        return notAllowed(path, 'a writable path', 'a read-only file system', 'name a folder on another file system')
      case 'ENOSPC':
      case 'EDQUOT':
        return diskFull(path, 'free space', `none left (${code})`, 'free some space, or name a folder on another disk')
      case 'EISDIR':
        return notAFile(path, 'a file', 'a folder', 'name a file')
      case 'ENOTDIR':
        return notAFolder(path, 'a folder', 'a file', 'name a folder')
      case 'EEXIST':
      case 'ENOTEMPTY':
        return alreadyExists(path, 'a free name', 'another file or folder of this name', 'remove it, or name another')
      case 'EMFILE':
      case 'ENFILE':
        return ioFailure(path, 'open files below the limit', code, 'raise the limit: ulimit -n 4096')
      default:
        return ioFailure(path, 'success', messageOf(cause), "see the system's message")
    }
  }
