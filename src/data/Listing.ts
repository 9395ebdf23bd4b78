/**
 * `Listing`: the names of what is below a folder.
 *
 * @since 0.1.0
 */

/**
 * A symbolic link below a folder, and what it leads to: a path from the same folder, or an absolute one outside of it.
 *
 * @category model
 * @since 0.1.0
 */
export interface Link {
  readonly path: string
  readonly to: string
}

/**
 * What is below a folder: paths relative to it, with `/`, in code-point order; hidden ones left out.
 *
 * @category model
 * @since 0.1.0
 */
export interface Listing {
  readonly files: ReadonlyArray<string>
  readonly folders: ReadonlyArray<string>
  /** The symbolic links among both; none unless given. */
  readonly links?: ReadonlyArray<Link>
  /** Links to a folder that contains them, which were not followed; none unless given. */
  readonly cycles?: ReadonlyArray<string>
}

const extension = /\.(png|jpe?g|jpe|jfif|gif|webp|tiff?|avif|bmp|heic|heif|jp2|ppm|pgm|pbm|pnm|pam)$/i

/**
 * Whether a file's name says that it is an image.
 *
 * @example
 * import { isImageName } from 'graft-vision'
 *
 * assert.deepStrictEqual(['a.JPG', 'labels.csv'].map(isImageName), [true, false])
 *
 * @since 0.1.0
 */
export const isImageName = (file: string): boolean => extension.test(file)

/** Folders that systems and programs leave behind; their pictures are thumbnails and copies. */
const systemFolder =
  /^(\..*|__macosx|@eadir|@recycle|@recently-snapshot|#recycle|#snapshot|\$recycle\.bin|recycler|system volume information|lost\+found|__pycache__|network trash folder|temporary items)$/i

const systemFile = /^(\..*|thumbs(\.db)?|ehthumbs(_vista)?\.db|desktop\.ini|icon\r?)$/i

/** Whether a path is none of the data: hidden, or left there by a system. */
const isSystems = (path: string): boolean => {
  const parts = path.split('/')
  return parts.some((part) => systemFolder.test(part)) || systemFile.test(parts.at(-1)!)
}

/** A listing without what systems leave behind (`__MACOSX`, `@eaDir`, `Thumbs.db`, `.DS_Store`). */
export const tidied = ({ files, folders, ...rest }: Listing): Listing => ({
  ...rest,
  files: files.filter((path) => !isSystems(path)),
  folders: folders.filter((path) => !isSystems(path))
})

/** The place where a path really leads: two paths of one place are one file. */
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

/** The folder that a path is in; '' at the top. */
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))

/** Whether a path is below a folder; everything is below ''. */
export const isBelow =
  (folder: string) =>
  (path: string): boolean =>
    folder === '' || path.startsWith(`${folder}/`)
