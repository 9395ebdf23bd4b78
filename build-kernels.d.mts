/** The source of src/data/kernelModule.ts, compiled anew. */
export const kernelModule: () => Promise<string>
