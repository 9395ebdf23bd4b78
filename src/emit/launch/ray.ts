/**
 * `ray`: runs a job on a Ray cluster, through the REST API of Ray Jobs. Ray Train's `TorchTrainer` starts the processes.
 *
 * @since 0.1.0
 */
import { strToU8, zipSync, type Zippable } from 'fflate'
import type { Job } from '../torch/index.js'
import { inShell, type Placement } from './Placement.js'

/**
 * A Ray cluster.
 *
 * @category jobs
 * @since 0.1.0
 */
export interface Ray {
  readonly _tag: 'Ray'
  /** The URL of the cluster's dashboard. */
  readonly address: string
  /** Sent as `Authorization: Bearer`; null: none. */
  readonly token: string | null
  /** The folder for runs, shared by all machines of the cluster; on a single machine, any local folder. */
  readonly storage: string
  /** Packages that Ray installs for the job, such as `safetensors`; empty if the cluster has them all. */
  readonly pip: ReadonlyArray<string>
}

/**
 * Runs a job on Ray. Defaults: the dashboard on this machine, no token, `/tmp/graft-runs`, no packages to install.
 *
 * @example
 * import { ray } from 'graft-vision'
 *
 * assert.strictEqual(ray().address, 'http://127.0.0.1:8265')
 *
 * @category jobs
 * @since 0.1.0
 */
export const ray = (options: Partial<Omit<Ray, '_tag'>> = {}): Ray => ({
  _tag: 'Ray',
  address: 'http://127.0.0.1:8265',
  token: null,
  storage: '/tmp/graft-runs',
  pip: [],
  ...options
})

/**
 * An HTTP request to a service.
 *
 * @category jobs
 * @since 0.1.0
 */
export interface RestRequest {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array | null
}

const to =
  ({ address, token }: Ray) =>
  (method: RestRequest['method'], path: string, body: RestRequest['body'] = null): RestRequest => ({
    method,
    url: `${address.replace(/\/+$/, '')}${path}`,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(typeof body === 'string' ? { 'content-type': 'application/json' } : {}),
      ...(body instanceof Uint8Array ? { 'content-type': 'application/octet-stream' } : {})
    },
    body
  })

/** The folder of a job's run on the cluster. */
export const rayRun = ({ storage }: Ray, id: string): string => `${storage.replace(/\/+$/, '')}/${id}`

/** A job's files as a Ray package (zip); equal files give equal bytes. */
const packageOf = ({ files }: Job): Uint8Array =>
  zipSync(
    Object.fromEntries(
      files.map(({ path, content }): [string, Zippable[string]] => [
        path,
        // parameters hardly compress
        typeof content === 'string' ? strToU8(content) : [content, { level: 0 }]
      ])
    ),
    { mtime: '1980-01-01T00:00:00' }
  )

/**
 * The requests of a submission: upload the files, then submit the job.
 *
 * @category jobs
 * @since 0.1.0
 */
export interface RaySubmission {
  readonly upload: RestRequest
  readonly submit: RestRequest
}

/**
 * Returns the requests that submit a job under an id that is unique in the cluster.
 *
 * @example
 * import { ray, raySubmission } from 'graft-vision'
 * import { jobSettings } from 'graft-vision'
 *
 * const job = { _tag: 'Job', name: 'pets', files: [], module: 'graft_torch', settings: jobSettings() } as const
 * const { submit } = raySubmission(ray({ token: 'secret' }))(job, { folder: '.', dataRoot: '/images', out: null }, 'pets-1')
 * assert.strictEqual(submit.headers['authorization'], 'Bearer secret')
 * assert.strictEqual(JSON.parse(String(submit.body)).submission_id, 'pets-1')
 *
 * @category jobs
 * @since 0.1.0
 */
export const raySubmission =
  (r: Ray) =>
  (job: Job, { dataRoot }: Placement, id: string): RaySubmission => {
    const name = `_ray_pkg_${id}.zip`
    const entrypoint = ['python', '-m', 'graft_torch.ray_entry', '.', '--data-root', dataRoot, '--out', rayRun(r, id)]
    return {
      upload: to(r)('PUT', `/api/packages/gcs/${name}`, packageOf(job)),
      submit: to(r)(
        'POST',
        '/api/jobs/',
        JSON.stringify({
          entrypoint: inShell(entrypoint),
          submission_id: id,
          runtime_env: { working_dir: `gcs://${name}`, ...(r.pip.length === 0 ? {} : { pip: r.pip }) },
          metadata: { name: job.name }
        })
      )
    }
  }

/** The request for the state of a job. */
export const rayStatus = (r: Ray, id: string): RestRequest => to(r)('GET', `/api/jobs/${encodeURIComponent(id)}`)

/** The request for a job's complete log. */
export const rayLogs = (r: Ray, id: string): RestRequest => to(r)('GET', `/api/jobs/${encodeURIComponent(id)}/logs`)

/** The request that stops a job. */
export const rayStop = (r: Ray, id: string): RestRequest => to(r)('POST', `/api/jobs/${encodeURIComponent(id)}/stop`)

/** The request for a second job, `as`, in which a Python program prints the files of a run. */
export const rayFetch = (r: Ray, id: string, as: string, program: string): RestRequest =>
  to(r)(
    'POST',
    '/api/jobs/',
    JSON.stringify({
      entrypoint: inShell(['python', '-c', program, rayRun(r, id)]),
      submission_id: as,
      runtime_env: {},
      metadata: { fetches: id }
    })
  )

const told = ({ method, url, body }: RestRequest): string =>
  [
    `${method} ${url}`,
    ...(typeof body === 'string' ? [JSON.stringify(JSON.parse(body), null, 2)] : []),
    ...(body instanceof Uint8Array ? [`(${body.length} bytes: the files of the job as zip)`] : [])
  ].join('\n')

/** The requests of a submission as text, without the token. */
export const rayText =
  (r: Ray) =>
  (job: Job, at: Placement): string => {
    const { upload, submit } = raySubmission(r)(job, at, job.name)
    return `${[upload, submit].map(told).join('\n\n')}\n`
  }
