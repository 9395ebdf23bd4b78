/** The Hugging Face hub's metadata of a file: its commit and its expected hash. */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { messageOf, unreachable, type IoError } from '../IoError.js'
import { webFetch } from '../network/webFetch.js'

/** A file of a repository at a commit. */
export interface HubFile {
  readonly url: string
  readonly commit: string
  /** The name of the content: SHA-256 for a large file, git's own hash for a small one. */
  readonly blob: string
  readonly bytes: number
}

/** Timeout of a response, in milliseconds. */
const patience = 30_000

const commitName = /^[0-9a-f]{40}$/
const blobName = /^([0-9a-f]{40}|[0-9a-f]{64})$/

const ask = async (endpoint: string, repo: string, path: string): Promise<HubFile | string> => {
  const [{ modelInfo, pathsInfo }, fetch] = await Promise.all([import('@huggingface/hub'), webFetch()])
  const asked = {
    hubUrl: endpoint,
    fetch: ((input, init) => fetch(input, { ...init, signal: AbortSignal.timeout(patience) })) as typeof fetch
  }
  const { sha } = await modelInfo({ ...asked, name: repo, revision: 'main', additionalFields: ['sha'] })
  const [info] = await pathsInfo({ ...asked, repo, paths: [path], revision: sha })
  if (info === undefined) return 'no such file'
  const blob = info.lfs?.oid ?? info.oid ?? ''
  // both become file names
  if (!commitName.test(sha) || !blobName.test(blob)) return `commit ${sha}, content ${blob}`
  return { url: `${endpoint}/${repo}/resolve/${sha}/${path}`, commit: sha, blob, bytes: info.size }
}

/** A file on the main branch of a model repository. */
export const hubFile = (endpoint: string, repo: string, path: string): TE.TaskEither<IoError, HubFile> => {
  const refused = (found: string): IoError =>
    unreachable(
      `${endpoint}/${repo}`,
      `${path} with its commit and hash`,
      found,
      'check the network, and HF_ENDPOINT if it is set'
    )
  return pipe(
    TE.tryCatch(
      () => ask(endpoint, repo, path),
      (cause) => {
        const why = cause instanceof Error && cause.cause !== undefined ? `: ${messageOf(cause.cause)}` : ''
        return refused(`${messageOf(cause)}${why}`)
      }
    ),
    TE.chain((answer) => (typeof answer === 'string' ? TE.left(refused(answer)) : TE.right(answer)))
  )
}
