/** WebAssembly modules that are checked in as text. */

/** The part of the WebAssembly API that is used; Node's types lack it, and the DOM's include much more. */
interface WebAssembly {
  readonly validate: (bytes: Uint8Array) => boolean
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: unknown }
}

const instantiated = (base64: string): unknown => {
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))
  const { validate, Module, Instance } = (globalThis as unknown as { readonly WebAssembly: WebAssembly }).WebAssembly
  return validate(bytes) ? new Instance(new Module(bytes)).exports : undefined
}

/**
 * The exports of a module, instantiated at the first call. Undefined if the processor does not support WebAssembly SIMD.
 *
 * @internal
 */
export const webAssembly = <Exports>(base64: string): (() => Exports | undefined) => {
  let made: { readonly exports: Exports | undefined } | undefined
  return () => (made ??= { exports: instantiated(base64) as Exports | undefined }).exports
}
