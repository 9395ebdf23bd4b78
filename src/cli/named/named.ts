/** Resolves names on the command line to data, architectures, models and recipes. */
import { existsSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { catalogue } from '../../arch/index.js'
import { archive, type DataSpec, digits, kindOfSource, type Source, URLs } from '../../data/index.js'
import { decodeData, decodeModel, decodeRecipe, type FormatErrors, parseJson } from '../../format/index.js'
import type { GraftError } from '../../GraftError.js'
import { nodeFiles } from '../../io/index.js'
import { mistakesIn, settingError } from '../../learn/index.js'
import { type Arch, isArch, type Model, type Weights } from '../../model/index.js'
import { nearest } from '../../nearest.js'
import type { Recipe } from '../../recipe/index.js'
import { recognisedFile, recognisedFolder, recognisedJson } from './recognised.js'
import { isTrainedFolder, trainedAsData } from '../training/trainedAsData.js'

type Decode<A> = (u: unknown) => E.Either<FormatErrors, A>

const decodeText =
  <A>(at: string, decode: Decode<A>) =>
  (text: string): E.Either<GraftError, A> =>
    pipe(
      parseJson(text),
      E.chain(decode),
      E.mapLeft((errors) => mistakesIn(at, errors))
    )

const fromJson = <A>(file: string, decode: Decode<A>): TE.TaskEither<GraftError, A> =>
  pipe(
    nodeFiles.readText(file),
    TE.mapLeft((e): GraftError => e),
    TE.chainEitherK(decodeText(file, decode))
  )

/** An absolute path, because a run may be resumed from another folder. */
const fixed = (path: string): string => resolve(path)

// -------------------------------------------------------------------------------------
// data
// -------------------------------------------------------------------------------------

export const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory()

const isFile = (path: string): boolean => existsSync(path) && statSync(path).isFile()

const fixedSource = (source: Source): Source => kindOfSource(source).mapPath(fixed)(source)

/** A data description whose data have moved: to another folder, or another table. */
export const movedTo =
  (name: string) =>
  (spec: DataSpec): E.Either<GraftError, DataSpec> => {
    const { source } = spec
    const path = fixed(name)
    const at = (moved: Source): E.Either<GraftError, DataSpec> => E.right({ ...spec, source: moved })
    if (isFolder(name)) {
      // digits would be generated there, so a folder with other content stays as it is
      if (source._tag === 'Digits' && !existsSync(join(path, 'graft-digits.json')))
        return E.left(
          settingError(
            'DATA beside --resume',
            'the folder of generated digits that the run trains on',
            `${JSON.stringify(name)}, without graft-digits.json`,
            `leave it out: the digits can be generated again; to train on ${name}: graft train ${name}`
          )
        )
      return at(kindOfSource(source).movedTo(path)(source))
    }
    if (source._tag === 'ImageCsv' && isFile(name)) return at({ ...source, path: dirname(path), csv: basename(path) })
    return E.left(
      settingError(
        'DATA beside --resume',
        `the folder${source._tag === 'ImageCsv' ? ' or table' : ''} where the run's data is now`,
        JSON.stringify(name),
        'check the path, or leave it out if the data has not moved'
      )
    )
  }

const knownNames = Object.keys(URLs).map((name) => name.toLowerCase())

const knownUrl = (name: string): string | undefined => URLs[name.toUpperCase() as keyof typeof URLs]

/** What to do about a file with data in another format. */
const insteadOf = (name: string): string => {
  if (!isFile(name)) return 'check the path'
  if (/\.(xlsx?|ods|numbers|feather)$/i.test(name)) return 'save the table as CSV, and pass that file'
  if (/\.(zip|tgz|gz|bz2|xz|zst|rar|7z)$/i.test(name)) return 'unpack it, and pass the folder or the table'
  return 'pass the folder of the images'
}

/** Whether a JSON file says where data come from, as a description does, or is annotations. */
const isJsonData = (file: string): TE.TaskEither<GraftError, boolean> =>
  pipe(
    recognisedJson(file),
    TE.chain((annotated) =>
      annotated !== undefined
        ? TE.right(true)
        : pipe(
            nodeFiles.readText(file),
            TE.map((text) => {
              const json = parseJson(text)
              return E.isRight(json) && typeof json.right === 'object' && json.right !== null && 'source' in json.right
            })
          )
    )
  )

/** Whether a name is that of data and not of a model; an error if it is a file that cannot be read. */
export const isNamedData = (name: string): TE.TaskEither<GraftError, boolean> => {
  if (isFolder(name)) return TE.right(!isTrainedFolder(name))
  if (/\.json$/i.test(name)) return isJsonData(name)
  const known = name === 'digits' || knownUrl(name) !== undefined || /^https?:\/\//i.test(name)
  return TE.right(known || recognisedFile(name) !== undefined)
}

/** A folder, a table (CSV or JSON Lines), a description (JSON), a URL, the name of a known data set, or `digits`. */
export const namedData = (name: string): TE.TaskEither<GraftError, DataSpec> => {
  const isModel = isFolder(name) ? isTrainedFolder(name) : /\.safetensors$/i.test(name) && isFile(name)
  if (isModel) return TE.left(trainedAsData(name))
  const known = knownUrl(name)
  const recognised = recognisedFile(name)
  const spec: TE.TaskEither<GraftError, DataSpec> = isFolder(name)
    ? recognisedFolder(name)
    : /\.json$/i.test(name)
      ? pipe(
          recognisedJson(name),
          TE.mapLeft((error): GraftError => error),
          TE.chain((annotated) => (annotated === undefined ? fromJson(name, decodeData) : TE.right(annotated)))
        )
      : recognised !== undefined
        ? TE.right(recognised)
        : /^https?:\/\//i.test(name)
          ? TE.right(archive(name))
          : known !== undefined
            ? TE.right(archive(known))
            : name === 'digits'
              ? TE.right(digits())
              : TE.left(
                  settingError(
                    'DATA',
                    `a folder of images, a table (csv, jsonl), images in one file (parquet, tar, npz, idx), a description (JSON), a url, digits, ${knownNames.join(', ')}`,
                    isFile(name) ? `${JSON.stringify(name)}, a file of another kind` : JSON.stringify(name),
                    insteadOf(name)
                  )
                )
  return pipe(
    spec,
    TE.map((s) => ({ ...s, source: fixedSource(s.source) }))
  )
}

// -------------------------------------------------------------------------------------
// architectures
// -------------------------------------------------------------------------------------

/** Whether a name is a module's instead of the catalogue's. */
export const isModule = (name: string): boolean => /#|[/\\]|\.[cm]?js$/i.test(name)

/** `./mine.js#net` with the absolute path of the file. */
export const fixedModule = (name: string): string => {
  const [file, exported = 'default'] = name.split('#')
  return `${fixed(file!)}#${exported}`
}

/** A user-defined architecture: the export of a module, which is executed. */
export const moduleArch = (name: string): TE.TaskEither<GraftError, Arch> => {
  const [file, exported = 'default'] = fixedModule(name).split('#')
  return pipe(
    TE.tryCatch(
      () => import(pathToFileURL(file!).href) as Promise<Record<string, unknown>>,
      (e): GraftError =>
        settingError(
          `--arch ${name}`,
          'a module that can be loaded',
          e instanceof Error ? e.message : String(e),
          'check the path, and run the module with node'
        )
    ),
    TE.chainEitherK((module) => {
      const found = module[exported]
      return isArch(found)
        ? E.right(found)
        : E.left(
            settingError(
              `--arch ${name}`,
              `an export ${exported} that is an Arch`,
              exported in module
                ? `${exported}, which is not an architecture`
                : `exports ${Object.keys(module).join(', ') || 'nothing'}`,
              'export const net = arch({ name, network }), and write --arch ./mine.js#net'
            )
          )
    })
  )
}

/** graft's architectures and, if given, the user-defined one. */
export const archsWith = (module: string | null): TE.TaskEither<GraftError, ReadonlyArray<Arch>> =>
  module === null
    ? TE.right(catalogue)
    : pipe(
        moduleArch(module),
        TE.map((mine) => [...catalogue.filter(({ name }) => name !== mine.name), mine])
      )

/** An architecture, and the tag of its published weights if it is named. */
export interface Named {
  readonly arch: Arch
  readonly tag: string | null
}

const withTag = (arch: Arch, tag: string): E.Either<GraftError, Named> => {
  const tags = arch.published.map((record) => record.tag)
  return tags.includes(tag)
    ? E.right({ arch, tag })
    : E.left(
        settingError(
          '--arch',
          tags.length === 0
            ? `${arch.name}, which has no published weights`
            : `${arch.name} with one of ${tags.join(', ')}`,
          JSON.stringify(`${arch.name}.${tag}`),
          tags.length === 0 ? 'leave the tag out' : `write --arch ${arch.name}.${tags[0]!}`
        )
      )
}

/** `resnet18`, `resnet18.tv_in1k` (with the weights of that tag), or `./mine.js#net`. */
export const namedWithTag = (name: string): TE.TaskEither<GraftError, Named> => {
  if (isModule(name))
    return pipe(
      moduleArch(name),
      TE.map((arch) => ({ arch, tag: null }))
    )
  const [base, ...tag] = name.split('.')
  const found = catalogue.find((arch) => arch.name === base)
  return found !== undefined
    ? TE.fromEither(tag.length === 0 ? E.right({ arch: found, tag: null }) : withTag(found, tag.join('.')))
    : TE.left(
        settingError(
          '--arch',
          'an architecture of the catalogue, or ./mine.js#export for your own',
          JSON.stringify(name),
          pipe(
            nearest(
              name,
              catalogue.map((arch) => arch.name)
            ),
            O.match(
              () => 'graft arches lists them',
              (one) => `did you mean ${one}? graft arches lists them all`
            )
          )
        )
      )
}

/** The architecture alone, if it has weights already or needs none. */
export const namedArch = (name: string): TE.TaskEither<GraftError, Arch> =>
  pipe(
    namedWithTag(name),
    TE.map(({ arch }) => arch)
  )

// -------------------------------------------------------------------------------------
// models and recipes
// -------------------------------------------------------------------------------------

const fixedWeights = (weights: Weights): Weights =>
  weights._tag === 'FromFile' ? { ...weights, file: fixed(weights.file) } : weights

/** Makes the path of weights absolute, so that a run can be resumed from anywhere. */
export const fixedModel = (model: Model): Model => ({
  ...model,
  body: { ...model.body, weights: fixedWeights(model.body.weights) }
})

/** A model as JSON, with the given architectures. */
export const modelFile = (file: string, archs: ReadonlyArray<Arch>): TE.TaskEither<GraftError, Model> =>
  fromJson(file, decodeModel(archs))

/** A recipe as JSON: the name of a file, or the text itself. */
export const namedRecipe = (given: string): TE.TaskEither<GraftError, Recipe.Recipe> =>
  /^\s*[[{]/.test(given) && !isFile(given)
    ? TE.fromEither(decodeText('--recipe', decodeRecipe)(given))
    : fromJson(given, decodeRecipe)
