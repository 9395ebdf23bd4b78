/** WebAssembly modules that are checked in as text. */

/** The part of the WebAssembly API that is used; Node's types lack it, and the DOM's include much more. */
interface WebAssembly {
  readonly validate: (bytes: Uint8Array) => boolean
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: unknown }
}

/** The memory that a module exports. */
export interface WebAssemblyMemory {
  readonly buffer: ArrayBuffer
  /** Detaches the buffer. */
  readonly grow: (pages: number) => number
}

/** Bytes of a page of memory. */
export const PAGE = 2 ** 16

const once = <A>(f: () => A): (() => A) => {
  let made: { readonly of: A } | undefined
  return () => (made ??= { of: f() }).of
}

/**
 * Makes instances of a module, each with its own memory. Undefined if the processor does not support WebAssembly SIMD.
 *
 * @internal
 */
export const webAssemblyInstances = <Exports>(base64: string): (() => Exports | undefined) => {
  const make = once((): (() => Exports) | undefined => {
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))
    const { validate, Module, Instance } = (globalThis as unknown as { readonly WebAssembly: WebAssembly }).WebAssembly
    if (!validate(bytes)) return undefined
    const module = new Module(bytes)
    return () => new Instance(module).exports as Exports
  })
  return () => make()?.()
}

/**
 * The exports of a module, instantiated at the first call. Undefined if the processor does not support WebAssembly SIMD.
 *
 * @internal
 */
export const webAssembly = <Exports>(base64: string): (() => Exports | undefined) =>
  once(webAssemblyInstances<Exports>(base64))
