import { dependencies } from './emit-tables.ts'
import type { Model } from './model.ts'

/** Which module holds which OpenAPI package, what it needs, and how to load it. */
export function emitLoaders(model: Model, header: string): string {
  const lines = model.modules.map((module) => {
    const needs = dependencies(module, model).map((key) => `'${key}'`)
    return `  '${module.key}': {
    prefix: '${module.prefix}',
    group: '${module.group}',
    version: '${module.version}',
    needs: [${needs.join(', ')}],
    load: () => import('./${module.key}.tables.ts'),
  },`
  })
  return `${header}\n
import type { TableModule } from '../tables/table-module.ts'

/** The table modules by folder and version, as k8s.io/api names them. */
export const tableModules: Readonly<Record<string, TableModule>> = {\n${lines.join('\n')}\n}\n`
}
