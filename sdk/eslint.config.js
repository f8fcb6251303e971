// Lints of the package; formatting is prettier's. What it is built from besides is linted with the web client.

import globals from 'globals';
import ts from 'typescript-eslint';

export default ts.config({ ignores: ['dist', 'example', '*.config.*'] }, ...ts.configs.strictTypeChecked, {
  languageOptions: { globals: globals.browser, parserOptions: { projectService: true } },
  rules: {
    '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
    '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    // An event that says nothing but that it happened.
    '@typescript-eslint/no-invalid-void-type': 'off',
  },
});
