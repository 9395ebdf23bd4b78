/**
 * `Listing`: the names of the files and folders below a folder.
 *
 * @since 0.1.0
 */

/**
 * A symbolic link below a folder, and its target: relative to the same folder, or absolute if outside it.
 *
 * @since 0.1.0
 */
export interface Link {
  readonly path: string
  readonly to: string
}

/**
 * The contents of a folder: relative paths with `/`, in code-point order, without hidden ones.
 *
 * @category capabilities
 * @since 0.1.0
 */
export interface Listing {
  readonly files: ReadonlyArray<string>
  readonly folders: ReadonlyArray<string>
  /** The symbolic links among files and folders; default: none. */
  readonly links?: ReadonlyArray<Link>
  /** Links to a folder that contains them, which were not followed; default: none. */
  readonly cycles?: ReadonlyArray<string>
}

const extension = /\.(png|jpe?g|jpe|jfif|gif|webp|tiff?|avif|bmp|heic|heif|jp2|ppm|pgm|pbm|pnm|pam)$/i

/**
 * Returns whether a file's extension is that of an image.
 *
 * @example
 * import { isImageName } from '../index.js'
 *
 * assert.deepStrictEqual(['a.JPG', 'labels.csv'].map(isImageName), [true, false])
 *
 * @since 0.1.0
 */
export const isImageName = (file: string): boolean => extension.test(file)

/** Folders left by operating systems and programs; their images are thumbnails and copies. */
const systemFolder =
  /^(\..*|__macosx|@eadir|@recycle|@recently-snapshot|#recycle|#snapshot|\$recycle\.bin|recycler|system volume information|lost\+found|__pycache__|network trash folder|temporary items)$/i

const systemFile = /^(\..*|thumbs(\.db)?|ehthumbs(_vista)?\.db|desktop\.ini|icon\r?)$/i

/** Returns whether a path is not data: hidden, or left by an operating system. */
export const isSystems = (path: string): boolean => {
  const parts = path.split('/')
  return parts.some((part) => systemFolder.test(part)) || systemFile.test(parts.at(-1)!)
}

/** A listing without the files of operating systems (`__MACOSX`, `@eaDir`, `Thumbs.db`, `.DS_Store`). */
export const tidied = ({ files, folders, ...rest }: Listing): Listing => ({
  ...rest,
  files: files.filter((path) => !isSystems(path)),
  folders: folders.filter((path) => !isSystems(path))
})

/** Resolves the links in a path; two paths with the same result are the same file. */
export const placesIn = ({ links = [] }: Listing): ((path: string) => string) => {
  const to = new Map(links.map((link) => [link.path, link.to]))
  return (path) => {
    for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
      const target = to.get(path.slice(0, end))
      if (target !== undefined) return `${target}${path.slice(end)}`
    }
    return path
  }
}

/** The folder of a path; '' at the top. */
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))

/** Returns whether a path is below a folder; everything is below ''. */
export const isBelow =
  (folder: string) =>
  (path: string): boolean =>
    folder === '' || path.startsWith(`${folder}/`)
