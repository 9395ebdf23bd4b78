// made when the suite is bundled: each file of specs by name, loaded when it is asked for
declare module 'conformance:specFiles' {
  export const specFiles: Readonly<Record<string, () => Promise<unknown>>>
}
