/** Launchers: what each says, parsed as those parse it who are told. */
import { execFileSync } from 'node:child_process'
import { unzipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import {
  hf,
  hfRun,
  kubernetes,
  type Launcher,
  launchText,
  type Placement,
  ray,
  raySubmission,
  showLauncher,
  sky,
  torchrun,
  torchrunCall
} from '../../src/emit/launch/index.js'
import {
  checkJobSettings,
  fastSettings,
  type Job,
  jobName,
  type JobSettings,
  jobSettings
} from '../../src/emit/torch/index.js'
import { left, right } from '../io/workplace.js'
import { batchJob, breaches, trainJob } from './kubernetesFacts.js'

const jobOf = (settings: Partial<JobSettings> = {}): Job => ({
  _tag: 'Job',
  name: 'graft-resnet18-0123abcd',
  module: 'graft_torch',
  settings: jobSettings(settings),
  files: [
    { path: 'job.json', content: '{}' },
    { path: 'model.safetensors', content: Uint8Array.from([1, 2, 3]) }
  ]
})

const at: Placement = { folder: '/graft/jobs/one', dataRoot: '/graft/my images', out: null }

const textOf = (launcher: Launcher, settings: Partial<JobSettings> = {}): string =>
  right(launchText(launcher)(jobOf(settings), at))

describe('torchrun', () => {
  it('starts as many processes as the job has, in its folder', () => {
    const { program, args, folder } = torchrunCall(torchrun({ python: 'py' }))(jobOf({ processes: 4 }), at)
    expect([program, folder]).toEqual(['py', '/graft/jobs/one'])
    expect(args.join(' ')).toBe(
      '-m torch.distributed.run --standalone --nproc-per-node 4 --max-restarts 3 -m graft_torch . --data-root /graft/my images'
    )
  })

  it('prints a command that a shell reads as it is meant', () => {
    const [folder, command] = textOf(torchrun({ python: 'echo' }))
      .trimEnd()
      .split('\n')
    expect(folder).toBe('cd /graft/jobs/one')
    const said = execFileSync('sh', ['-c', command!.replace('echo', 'printf "%s\\n"')], { encoding: 'utf8' })
    expect(said.trimEnd().split('\n').slice(-2)).toEqual(['--data-root', '/graft/my images'])
  })

  it('meets other machines', () => {
    expect(textOf(torchrun({ rendezvous: 'host:29500' }), { nodes: 4, minNodes: 2 })).toContain(
      '--nnodes 2:4 --rdzv-backend c10d --rdzv-endpoint host:29500 --rdzv-id graft-resnet18-0123abcd'
    )
    // the shell of each machine fills it in
    expect(textOf(torchrun(), { nodes: 2 })).toContain(
      '--nnodes 2 --rdzv-backend c10d --rdzv-endpoint $MASTER_ADDR:29500'
    )
  })
})

describe('a number of machines that may change', () => {
  const range = { nodes: 4, minNodes: 2 }

  it.each([
    ray(),
    kubernetes(),
    kubernetes({ kind: 'Job' }),
    sky(),
    hf({ namespace: 'me', repo: 'me/a', dataRepo: 'me/b' })
  ])('is refused by $_tag', (launcher) => {
    expect(left(launchText(launcher)(jobOf(range), at))).toMatchObject({
      _tag: 'JobError',
      path: 'nodes',
      found: '2:4'
    })
  })

  it('must divide the batch size in every number', () => {
    const mistakes = (bs: number) => checkJobSettings(bs)(jobSettings({ nodes: 3, minNodes: 2, processes: 2 }))
    expect(mistakes(24)).toEqual([])
    expect(mistakes(64)).toMatchObject([
      {
        path: 'nodes',
        found: '6 (3 nodes with 2 each)',
        hint: 'use a batch size that is a multiple of 4 and 6, such as 72'
      }
    ])
    expect(checkJobSettings(64)(jobSettings({ nodes: 2, minNodes: 3 }))).toMatchObject([{ path: 'minNodes' }])
  })
})

describe('kubernetes', () => {
  const settings = [
    {},
    { nodes: 2, gpus: 8, fast: fastSettings },
    { nodes: 3, processes: 2, threads: 4 }
  ] satisfies ReadonlyArray<Partial<JobSettings>>
  const clusters = [kubernetes(), kubernetes({ image: 'mine:1', namespace: 'vision', cpus: 8, memory: '32Gi' })]

  it.each(settings.flatMap((s) => clusters.map((k) => [s, k] as const)))(
    'writes a TrainJob of the fields that its definition has: %j %j',
    (s, k) => {
      const job: unknown = parse(textOf(k, s))
      expect(breaches(trainJob, job)).toEqual([])
      const { nodes, processes } = jobSettings(s)
      expect(job).toMatchObject({ spec: { trainer: { numNodes: nodes, numProcPerNode: processes } } })
    }
  )

  it('asks for GPUs as requests and as limits', () => {
    const of = { 'nvidia.com/gpu': '8' }
    expect(parse(textOf(kubernetes(), { gpus: 8 }))).toMatchObject({
      spec: { trainer: { resourcesPerNode: { requests: of, limits: of } } }
    })
  })

  it('mounts the volume in the container that trains', () => {
    const text = textOf(kubernetes({ claim: 'data', mountPath: '/data' }))
    const path = [
      'runtimePatches',
      0,
      'trainingRuntimeSpec',
      'template',
      'spec',
      'replicatedJobs',
      0,
      'template',
      'spec'
    ]
    const spec = [...path, 'template', 'spec'].reduce<unknown>(
      (value, key) => (value as Record<string | number, unknown>)[key],
      (parse(text) as { readonly spec: unknown }).spec
    )
    expect(spec).toMatchObject({
      volumes: [{ name: 'graft', persistentVolumeClaim: { claimName: 'data' } }, { name: 'shm' }],
      containers: [{ name: 'node', volumeMounts: [{ name: 'graft', mountPath: '/data' }, { name: 'shm' }] }]
    })
  })

  it('writes a Job of batch/v1 for one machine, and refuses several', () => {
    const plain = kubernetes({ kind: 'Job' })
    const job: unknown = parse(textOf(plain, { processes: 2, gpus: 2 }))
    expect(breaches(batchJob, job)).toEqual([])
    expect(left(launchText(plain)(jobOf({ nodes: 2 }), at))).toMatchObject({ _tag: 'JobError', path: 'nodes' })
  })

  it('notices fields that the definition does not have', () => {
    const job = parse(textOf(kubernetes())) as { readonly spec: { readonly trainer: object } }
    const wrong = { ...job, spec: { ...job.spec, podTemplateOverrides: [], trainer: { numProcPerNode: 0 } } }
    expect(breaches(trainJob, wrong)).toHaveLength(2)
    expect(breaches(trainJob, { ...job, metadata: { name: '1-job' } })).toHaveLength(1)
  })
})

describe('names of jobs', () => {
  it.each(['3: Pets & resnet_18!', 'Über-Netz', 'a'.repeat(80), '---', 'x_', '9'])(
    'are those of RFC 1035: %s',
    (text) => {
      expect(jobName(text)).toMatch(/^[a-z]([-a-z0-9]*[a-z0-9])?$/)
      expect(jobName(text).length).toBeLessThanOrEqual(63)
    }
  )
})

describe('sky', () => {
  it('writes a task that finds job and images, and says which machine is which', () => {
    const task = parse(textOf(sky({ spot: true, bucket: 's3://mine/runs' }), { nodes: 2, gpus: 4 })) as Record<
      string,
      unknown
    >
    expect(task).toMatchObject({
      name: 'graft-resnet18-0123abcd',
      workdir: '/graft/jobs/one',
      num_nodes: 2,
      resources: { accelerators: 'A100:4', use_spot: true },
      file_mounts: { '/graft/images': '/graft/my images', '/graft/runs': { source: 's3://mine/runs', mode: 'MOUNT' } }
    })
    expect(task['run']).toContain('--nnodes 2 --nproc-per-node 4')
    expect(task['run']).toContain('--out /graft/runs/graft-resnet18-0123abcd')
  })

  it('asks for CPUs without GPUs', () => {
    expect(parse(textOf(sky(), { processes: 4 }))).toMatchObject({ resources: { cpus: '4+' } })
  })
})

describe('ray', () => {
  it('sends the files of the job, the same bytes whenever it is asked', () => {
    const of = (): Uint8Array => raySubmission(ray())(jobOf(), at, 'id').upload.body as Uint8Array
    expect(of()).toEqual(of())
    const files = unzipSync(of())
    expect(Object.keys(files)).toEqual(['job.json', 'model.safetensors'])
    expect([...files['model.safetensors']!]).toEqual([1, 2, 3])
  })

  it('starts the program where the files are', () => {
    const { upload, submit } = raySubmission(ray({ address: 'http://head:8265/', pip: ['safetensors'] }))(
      jobOf(),
      at,
      'id'
    )
    expect([upload.method, upload.url]).toEqual(['PUT', 'http://head:8265/api/packages/gcs/_ray_pkg_id.zip'])
    expect(JSON.parse(String(submit.body))).toEqual({
      entrypoint: "python -m graft_torch.ray_entry . --data-root '/graft/my images' --out /tmp/graft-runs/id",
      submission_id: 'id',
      runtime_env: { working_dir: 'gcs://_ray_pkg_id.zip', pip: ['safetensors'] },
      metadata: { name: 'graft-resnet18-0123abcd' }
    })
  })
})

describe('hf', () => {
  const hub = hf({ namespace: 'me', repo: 'me/pets', dataRepo: 'me/images', token: 'hf_secret' })

  it('always has a timeout, and both repositories', () => {
    const run = right(hfRun(hub)(jobOf({ gpus: 1 })))
    expect(run.timeoutSeconds).toBe(24 * 60 * 60)
    expect(run.volumes.map(({ source, mountPath }) => [source.type, source.name, mountPath])).toEqual([
      ['model', 'me/pets', '/graft'],
      ['dataset', 'me/images', '/images']
    ])
    expect(run.command.at(-1)).toContain('hf upload me/pets /tmp/run runs/graft-resnet18-0123abcd')
  })

  it('refuses several machines', () => {
    expect(left(hfRun(hub)(jobOf({ nodes: 2 })))).toMatchObject({ path: 'nodes' })
  })
})

it.each([ray({ token: 'secret' }), hf({ namespace: 'me', repo: 'me/a', dataRepo: 'me/b', token: 'secret' })])(
  'tokens are never shown: $_tag',
  (launcher) => {
    expect(textOf(launcher)).not.toContain('secret')
    expect(showLauncher.show(launcher)).not.toContain('secret')
  }
)
