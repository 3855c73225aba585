import type { TypeSchema } from '../schema.ts'

/** One generated module of tables and how to get it. */
export interface TableModule {
  /** The OpenAPI names of its types without their last part: `io.k8s.api.apps.v1`. */
  readonly prefix: string
  /** The API group; `meta` for the types that all groups share. */
  readonly group: string
  readonly version: string
  /** The modules that its fields refer to. */
  readonly needs: readonly string[]
  readonly load: () => Promise<{ readonly types: readonly TypeSchema[] }>
}
