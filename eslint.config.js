// What the compiler cannot say about this code base. Formatting is prettier's; who may import whom is
// test/rules/imports.test.ts's.
import { defineConfig } from 'eslint/config'
import tseslint from 'typescript-eslint'

const noThrow = {
  selector: 'ThrowStatement',
  message: 'Errors are values (Either, TaskEither of a tagged error): return one instead of throwing.'
}

export default defineConfig(
  {
    ignores: [
      'dist/',
      'api/',
      'node_modules/',
      'coverage/',
      'test/docs/extracted/',
      'assembly/',
      '**/*.{js,mjs,cjs}',
      'vitest.config.ts'
    ]
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      // The compiler flag noUncheckedIndexedAccess makes every typed-array read optional; `!` is how a loop says
      // that its bound is the array's length.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true, allowNever: true }
      ],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': 'allow-with-description' }],
      // `() => void` in a union and `f(): void` in an arrow are how fp-ts writes IO.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // It takes a flag that a closure sets for one that never changes.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // Tensors of two copies of tfjs are one structural type, and a type parameter used once names a label.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      // Two signatures say which arguments go together.
      '@typescript-eslint/unified-signatures': 'off',
      // Text is taken apart by code point on purpose.
      '@typescript-eslint/no-misused-spread': 'off',
      eqeqeq: 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'no-console': 'error'
    }
  },
  { files: ['src/**/*.ts'], rules: { 'no-restricted-syntax': ['error', noThrow] } },
  // A tfjs backend throws where tfjs documents that it does, and what a tryCatch of io surrounds throws as the system does.
  { files: ['src/engine/**/*.ts', 'src/io/**/*.ts'], rules: { 'no-restricted-syntax': 'off' } },
  // Scripts of pages run in a browser, and their types are checked as such.
  {
    files: ['src/page/client/**/*.ts'],
    languageOptions: { parserOptions: { project: './src/page/client/tsconfig.json' } }
  },
  { files: ['src/cli/**/*.ts', 'examples/**/*.ts', 'bench/**/*.ts'], rules: { 'no-console': 'off' } },
  {
    files: ['test/**/*.ts'],
    rules: {
      // `expect.stringContaining` and its like are any by their types.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      // A stand-in for something asynchronous has nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      'no-console': 'off'
    }
  }
)
