// Who may import whom: the table that imports.test.ts holds the import graph against.

/** A folder of `src` (or a file at its top), and what its lines may mention. */
export interface Room {
  /** Rooms whose doors it may open. */
  readonly rooms: readonly string[]
  /** Rooms it may import types of, and nothing that runs. */
  readonly types?: readonly string[]
  readonly packages: readonly RegExp[]
  readonly typePackages?: readonly RegExp[]
  /** Packages that load something native: only when they are needed, by `import()`. */
  readonly lazyPackages?: readonly RegExp[]
}

const fpts = /^fp-ts\/lib\/\w+\.js$/
const iots = /^io-ts\/lib\/\w+\.js$/
const tfjs = /^@tensorflow\/tfjs-core$/
const builtin = /^node:/

const written = ['format', 'emit', 'emit/torch', 'emit/launch']
const values = [
  'model',
  'arch',
  'recipe',
  'data',
  'plan',
  ...written,
  'interpret',
  'interpret/draw',
  'data/pixel',
  'page',
  'report'
]
const onDisk = ['io', 'page', 'format', 'data', 'data/pixel', 'interpret', 'interpret/draw']
const upstairs = { packages: [fpts] } as const
const downstairs = { packages: [fpts, builtin] } as const

/** Files of one concept that every room may import. */
export const everyones: readonly string[] = [
  ...['Cache', 'Explained', 'nearest', 'OnnxruntimeRelease', 'Opaque', 'Seed', 'Value', 'version', 'webAssembly']
]

export const rooms: Readonly<Record<string, Room>> = {
  Cache: { rooms: [], ...downstairs },
  Explained: { rooms: [], ...upstairs },
  OnnxruntimeRelease: { rooms: [], ...downstairs },
  nearest: { rooms: [], ...upstairs },
  Opaque: { rooms: [], ...upstairs },
  Seed: { rooms: [], packages: [fpts, /^pure-rand\//] },
  Value: { rooms: [], ...upstairs },
  version: { rooms: [], packages: [] },
  webAssembly: { rooms: [], packages: [] },
  // The sum of the rooms' errors needs their types and no more.
  GraftError: { rooms: [], types: [...values, 'engine', 'io', 'learn', 'serve', 'cli'], ...upstairs },

  model: { rooms: [], ...upstairs },
  arch: { rooms: ['model'], ...upstairs },
  recipe: { rooms: ['model'], ...upstairs, typePackages: [tfjs] },
  data: { rooms: ['data/pixel'], ...upstairs },
  'data/pixel': { rooms: ['data', 'data/rearranged', 'data/kernels'], ...upstairs },
  plan: { rooms: ['model', 'recipe', 'data'], ...upstairs },
  interpret: { rooms: ['interpret/draw'], types: ['data', 'recipe'], ...upstairs, typePackages: [tfjs] },
  'interpret/draw': { rooms: ['interpret', 'plan', 'model', 'recipe', 'data/pixel'], types: ['data'], ...upstairs },
  format: { rooms: ['model', 'recipe', 'data', 'plan', 'interpret'], packages: [fpts, iots] },
  'emit/torch': { rooms: ['model', 'recipe', 'data', 'plan', 'interpret', 'format'], ...upstairs },
  'emit/launch': { rooms: ['emit/torch'], packages: [fpts, /^yaml$/, /^fflate$/] },
  page: { rooms: ['interpret/draw'], ...upstairs },
  report: { rooms: ['page', 'interpret', 'interpret/draw', 'model', 'recipe', 'plan'], ...upstairs },
  // scripts of pages: nothing but the browser
  'page/client': { rooms: [], types: ['page'], packages: [] },
  emit: { rooms: ['model', 'recipe', 'data', 'plan', 'format/onnx'], ...upstairs },

  engine: {
    rooms: ['plan', 'model', 'recipe', 'format/onnx', 'emit'],
    packages: [fpts, builtin, tfjs, /^@tensorflow\/tfjs-backend-cpu$/, /^onnxruntime-common$/, /^#tfjs-gradients$/],
    lazyPackages: [/^onnxruntime-node/, /^@tensorflow\/tfjs-node(-gpu)?$/]
  },
  io: {
    rooms: onDisk,
    types: ['emit/launch'],
    packages: [fpts, builtin, /^fflate$/, /^hyparquet-writer$/],
    typePackages: [/^sharp$/, /^tar$/, /^vega/, /^hyparquet$/, /^@huggingface\/hub$/, /^undici$/],
    lazyPackages: [
      /^detect-libc$/,
      /^hyparquet(-compressors)?$/,
      /^sharp$/,
      /^tar$/,
      /^vega/,
      /^vega-lite$/,
      /^@viz-js\/viz$/,
      /^@resvg\/resvg-js$/,
      /^@huggingface\/hub$/,
      /^undici$/
    ]
  },
  learn: { rooms: [...values, 'engine', 'io', 'GraftError'], ...downstairs, packages: [fpts, builtin, tfjs] },
  serve: {
    rooms: ['data', 'format', 'interpret/draw', 'page', 'recipe', 'report', 'engine', 'io', 'learn', 'GraftError'],
    packages: [fpts, builtin, /^hono(\/(cors|request))?$/, /^@hono\/node-server$/]
  },
  cli: {
    rooms: [...values, 'engine', 'io', 'learn', 'serve', 'GraftError', 'index', 'node'],
    packages: [fpts, iots, builtin, /^commander$/],
    lazyPackages: [/^tinyglobby$/]
  },

  surface: { rooms: [...values, 'GraftError'], ...upstairs },
  'surface/node': { rooms: [...values, 'engine', 'io', 'learn'], ...downstairs },

  index: { rooms: [...values, 'GraftError', 'surface'], ...upstairs },
  node: { rooms: [...values, 'GraftError', 'engine', 'io', 'learn', 'serve', 'index', 'surface/node'], ...downstairs },
  onnxruntime: { rooms: ['engine'], packages: [fpts, /^#tfjs-gradients$/] },

  laws: {
    rooms: [...values, 'GraftError', 'engine', 'io', 'learn', 'index', 'node', 'onnxruntime'],
    packages: [fpts, iots, tfjs, /^fast-check$/, /^#tfjs-gradients$/]
  }
}

/**
 * Modules that may be entered beside a room's index: an engine emits onnx and knows no codec; an error has only types;
 * moving samples and the compiled loops are internal to both rooms of pixels.
 */
export const sideDoors: Readonly<Record<string, string>> = {
  // Rooms export these three as namespaces; the public surface lists their members by name.
  'src/data/transforms/Transform.ts': 'data',
  'src/recipe/Recipe.ts': 'recipe',
  'src/recipe/Schedule.ts': 'recipe',
  'src/data/images/rearranged.ts': 'data/rearranged',
  'src/data/images/kernels.ts': 'data/kernels',
  'src/format/bytes/onnx.ts': 'format/onnx',
  'src/format/bytes/onnxGraph.ts': 'format/onnx',
  'src/learn/LearnError.ts': 'learn',
  'src/serve/ServeError.ts': 'serve',
  'src/engine/onnxruntime/index.ts': 'engine'
}

/** Cycles of imports that types make, and why they may. */
export const knownCycles: readonly { readonly files: readonly string[]; readonly why: string }[] = [
  {
    why: 'a layer holds layers, and some primitives are made of another layer',
    files: ['Layer', 'Primitive', 'Reparametrised', 'SelfAttention'].map((name) => `src/model/${name}.ts`)
  },
  {
    why: 'a folder within an archive is a source, and each source says how its files are arranged',
    files: [
      ...['folders/Arrangement', 'folders/folderSets', 'sources/Source', 'masks/ImageImages', 'tables/ImageTable'],
      ...['DataSpec', 'masks/Masks', 'masks/PairNaming']
    ].map((name) => `src/data/${name}.ts`)
  },
  {
    why: 'a recorded value knows the kernel that computes it, and a kernel records values',
    files: ['Kernel', 'Trace'].map((name) => `src/engine/onnxruntime/recording/${name}.ts`)
  },
  {
    why: 'the library that is loaded and the interface that it is loaded as',
    files: ['library', 'native'].map((name) => `src/engine/onnxruntime/running/${name}.ts`)
  },
  {
    why: 'segmenting is one way of predicting',
    files: ['predict', 'segment'].map((name) => `src/cli/commands/${name}.ts`)
  }
]
