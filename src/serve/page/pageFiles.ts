/** The page of a server. */
export interface PageFile {
  readonly path: string
  readonly response: () => Response
}

export const pageFiles = (): ReadonlyArray<PageFile> => []
