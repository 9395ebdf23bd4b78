/**
 * Hugging Face Jobs and the files of a repository, through `@huggingface/hub`.
 *
 * @since 0.1.0
 */
import type * as HubLibrary from '@huggingface/hub'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { HfRun } from '../../emit/launch/index.js'
import { messageOf, unreachable, type IoError } from '../IoError.js'
import { webFetch } from './webFetch.js'

/**
 * A hub, and who asks.
 *
 * @category capabilities
 * @since 0.1.0
 */
export interface HubAccount {
  readonly hubUrl: string
  /** Null: nobody in particular. */
  readonly token: string | null
}

type Hub = typeof HubLibrary

interface Given {
  readonly hubUrl: string
  readonly fetch: typeof fetch
  readonly accessToken?: string
}

const asked =
  ({ hubUrl, token }: HubAccount, path: string) =>
  <A>(f: (hub: Hub, given: Given) => Promise<A>): TE.TaskEither<IoError, A> =>
    TE.tryCatch(
      async () => {
        const [hub, fetch] = await Promise.all([import('@huggingface/hub'), webFetch()])
        return f(hub, { hubUrl, fetch, ...(token === null ? {} : { accessToken: token }) })
      },
      (cause) => {
        const why = cause instanceof Error && cause.cause !== undefined ? `: ${messageOf(cause.cause)}` : ''
        return unreachable(
          `${hubUrl}/${path}`,
          'an answer of the hub',
          `${messageOf(cause)}${why}`,
          'check the names, the network, and the token in HF_TOKEN, which must be allowed to write'
        )
      }
    )

/** Starts a job; returns its id. The token is passed to it as the secret `HF_TOKEN`, to write the run. */
export const runHubJob = (account: HubAccount, job: HfRun): TE.TaskEither<IoError, string> =>
  asked(
    account,
    `api/jobs/${job.namespace}`
  )(async (hub, given) => {
    const { flavor, command, volumes, ...rest } = job
    const { id } = await hub.runJob({
      ...given,
      ...rest,
      environment: { ...rest.environment },
      labels: { ...rest.labels },
      command: [...command],
      volumes: [...volumes],
      // a name that the hub checks
      flavor: flavor as Parameters<Hub['runJob']>[0]['flavor'],
      ...(account.token === null ? {} : { secrets: { HF_TOKEN: account.token } })
    })
    return id
  })

/** The stage of a job and its message, in the hub's words. */
export const hubJobStatus = (
  account: HubAccount,
  namespace: string,
  jobId: string
): TE.TaskEither<IoError, { readonly stage: string; readonly message: string }> =>
  asked(
    account,
    `api/jobs/${namespace}/${jobId}`
  )(async (hub, given) => {
    const { status } = await hub.getJob({ ...given, namespace, jobId })
    return { stage: status.stage, message: status.message ?? '' }
  })

/** Passes on the lines of a job's log until it ends. */
export const hubJobLog = (
  account: HubAccount,
  namespace: string,
  jobId: string,
  onLine: (line: string) => void
): TE.TaskEither<IoError, void> =>
  asked(
    account,
    `api/jobs/${namespace}/${jobId}/logs`
  )(async (hub, given) => {
    for await (const { message } of hub.streamJobLogs({ ...given, namespace, jobId })) onLine(message)
  })

/** Ends a job. */
export const cancelHubJob = (account: HubAccount, namespace: string, jobId: string): TE.TaskEither<IoError, void> =>
  asked(
    account,
    `api/jobs/${namespace}/${jobId}/cancel`
  )(async (hub, given) => {
    await hub.cancelJob({ ...given, namespace, jobId })
  })

/** Writes files to a model repository in one commit; creates the repository, private, if it does not exist. */
export const uploadToHub = (
  account: HubAccount,
  repo: string,
  folder: string,
  files: ReadonlyArray<{ readonly path: string; readonly content: string | Uint8Array }>
): TE.TaskEither<IoError, void> =>
  asked(
    account,
    repo
  )(async (hub, given) => {
    const found = await hub.repoExists({ ...given, repo })
    if (!found && given.accessToken !== undefined)
      await hub.createRepo({ ...given, accessToken: given.accessToken, repo, visibility: 'private' })
    await hub.uploadFiles({
      ...given,
      repo,
      commitTitle: `Job ${folder}`,
      files: files.map(({ path, content }) => ({
        path: `${folder}/${path}`,
        content: new Blob([typeof content === 'string' ? content : Uint8Array.from(content)])
      }))
    })
  })

/** The files below a folder of a model repository. */
export const downloadFromHub = (
  account: HubAccount,
  repo: string,
  folder: string
): TE.TaskEither<IoError, ReadonlyArray<{ readonly path: string; readonly content: Uint8Array }>> =>
  asked(
    account,
    `${repo}/tree/main/${folder}`
  )(async (hub, given) => {
    const files: Array<{ readonly path: string; readonly content: Uint8Array }> = []
    for await (const { type, path } of hub.listFiles({ ...given, repo, path: folder, recursive: true })) {
      if (type !== 'file') continue
      const blob = await hub.downloadFile({ ...given, repo, path })
      if (blob === null) throw new Error(`${path} has disappeared`)
      files.push({ path: path.slice(folder.length + 1), content: new Uint8Array(await blob.arrayBuffer()) })
    }
    if (files.length === 0) throw new Error(`no files in ${folder}`)
    return files
  })
