interface Module {
  readonly source: string
  readonly target: string
  readonly name: string
}

/** The modules in assembly/, and where they are checked in. */
export const modules: ReadonlyArray<Module>
/** The source of the file that holds a module, compiled anew. */
export const compiled: (module: Module) => Promise<string>
